// Loaded in front of the built command, it kills the process where the command crosses a point of the order protocol:
//   CRASH_POINT='after-order-line 2' CRASH_LOG=FILE node --import ./test/support/soak/crash-points.mjs dist/cli/main.js ...
// The second crossing of that point is the last thing that the process does; CRASH_LOG says then that it was crossed. Nothing in the
// command knows of it: what is wrapped are methods of its built classes.
import {appendFileSync} from 'node:fs';
import {CcxtBroker} from '../../../dist/exchange/ccxt-broker.js';
import {CcxtConnection} from '../../../dist/exchange/ccxt-connection.js';
import {DeepLearningStrategy} from '../../../dist/engine/deep-learning-strategy.js';
import {EngineState} from '../../../dist/engine/engine-state.js';
import {FeatureStream} from '../../../dist/features/feature-stream.js';
import {Predictor} from '../../../dist/model/predictor.js';
import {RiskAudit} from '../../../dist/risk/risk-audit.js';
import {Journal} from '../../../dist/store/journal.js';

const [wanted = '', crossing = '1'] = (process.env.CRASH_POINT ?? '').split(' ');
let left = Number(crossing);
const points = new Set();

function cross(point) {
  if (point !== wanted || --left > 0) return;
  appendFileSync(process.env.CRASH_LOG, `${point}\n`);
  process.kill(process.pid, 'SIGKILL');
  // The signal may reach another thread first: this one goes no further.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

/** Makes points of what stands before and behind a method, where `when` holds for its arguments.
 *  @param behind only where it holds for the result as well */
function around({prototype}, method, {before, after, when = () => true, behind = () => true}) {
  for (const point of [before, after]) if (point !== undefined) points.add(point);
  const inner = prototype[method];
  const leave = (result) => {
    if (after !== undefined && behind(result)) cross(after);
  };
  prototype[method] = function (...args) {
    if (!when(...args)) return inner.apply(this, args);
    if (before !== undefined) cross(before);
    const result = inner.apply(this, args);
    if (!(result instanceof Promise)) {
      leave(result);
      return result;
    }
    // A failure is an answer as well.
    return result.then(
      (value) => {
        leave(value);
        return value;
      },
      (error) => {
        leave(undefined);
        throw error;
      },
    );
  };
}

/** A point between the last line of a transaction and its end. */
function insideTransaction(point, when) {
  points.add(point);
  const {append} = Journal.prototype;
  Journal.prototype.append = function (entries, options) {
    if (!when(entries)) return append.call(this, entries, options);
    const watched = [...entries];
    watched[Symbol.iterator] = function* () {
      yield* entries;
      cross(point);
    };
    return append.call(this, watched, options);
  };
}

const line = (kind, more = () => true) => ({
  before: `before-${kind}-line`,
  after: `after-${kind}-line`,
  when: (entries) => entries.some((entry) => entry.kind === kind && more(entries, entry)),
});
const transaction = (name, when) => ({before: `before-${name}-line`, after: `after-${name}-line`, when});
const about = (start) => ({when: (what) => what.startsWith(start)});

around(Journal, 'append', line('session'));
around(Journal, 'append', line('candle'));
around(
  Journal,
  'append',
  line('step', (entries) => entries.length === 1),
);
around(Journal, 'append', line('order'));
around(Journal, 'append', line('report'));
around(Journal, 'append', line('fill'));
around(Journal, 'append', line('unresolved'));
around(Journal, 'append', line('halt'));
around(Journal, 'append', line('flatten'));
around(Journal, 'append', line('resume'));
insideTransaction('inside-order-transaction', (entries) => entries.some(({kind}) => kind === 'order'));

// Stops of this life and of those before it.
const stops = new Set();
const {ordered} = EngineState.prototype;
EngineState.prototype.ordered = function (order) {
  if (order.stopPrice !== undefined) stops.add(order.clientOrderId);
  ordered.call(this, order);
};
const holds = (entries, ...kinds) => entries.some(({kind}) => kinds.includes(kind));
const tellsOfStop = (entries, ...kinds) =>
  entries.some(({kind, body}) => kinds.includes(kind) && stops.has(body.clientOrderId));
for (const [name, when] of Object.entries({
  stop: (entries) => holds(entries, 'stop') && !tellsOfStop(entries, 'report'),
  'replaced-stop': (entries) => holds(entries, 'stop') && tellsOfStop(entries, 'report'),
  'exit-behind-stop': (entries) => holds(entries, 'step') && tellsOfStop(entries, 'report'),
  'flatten-behind-stop': (entries) => holds(entries, 'flatten') && tellsOfStop(entries, 'report'),
  'stop-fill': (entries) => tellsOfStop(entries, 'fill') && !holds(entries, 'stop', 'step', 'flatten'),
})) {
  around(Journal, 'append', transaction(name, when));
  insideTransaction(`inside-${name}-transaction`, when);
}
const aStop = {when: ({clientOrderId}) => stops.has(clientOrderId)};
const aStopsId = {when: (clientOrderId) => stops.has(clientOrderId)};
const aboutStop = (start) => ({
  when: (what) => what.startsWith(start) && stops.has(what.slice(start.length)),
});
around(CcxtBroker, 'submit', {before: 'before-stop-submit', after: 'after-stop-submit', ...aStop});
around(CcxtBroker, 'cancel', {before: 'before-stop-cancel', after: 'after-stop-cancel', ...aStopsId});
around(CcxtConnection, 'send', {
  before: 'before-stop-request',
  after: 'after-stop-answer',
  ...aboutStop('the order '),
});
around(CcxtConnection, 'send', {
  before: 'before-stop-cancel-request',
  after: 'after-stop-cancel-answer',
  ...aboutStop('cancelling the order '),
});

around(CcxtBroker, 'submit', {before: 'before-submit', after: 'after-submit'});
around(CcxtBroker, 'query', {before: 'before-query', after: 'after-query'});
around(CcxtBroker, 'cancel', {before: 'before-cancel', after: 'after-cancel'});
around(CcxtBroker, 'news', {after: 'after-news', behind: (events) => events?.length > 0});
around(CcxtConnection, 'send', {before: 'before-request', after: 'after-answer', ...about('the order')});
around(CcxtConnection, 'send', {
  before: 'before-cancel-request',
  after: 'after-cancel-answer',
  ...about('cancelling'),
});
around(CcxtConnection, 'read', {after: 'after-look', ...about('the order ')});
around(CcxtConnection, 'read', {after: 'after-trades', ...about('the trades')});
around(CcxtConnection, 'read', {after: 'after-balances', ...about('the balances')});
around(CcxtConnection, 'read', {after: 'after-open-orders', ...about('the open orders')});

around(DeepLearningStrategy, 'recall', {after: 'after-recall'});
around(DeepLearningStrategy, 'reconcile', {before: 'before-reconcile', after: 'after-reconcile'});
around(DeepLearningStrategy, 'onCandle', {before: 'before-candle', after: 'after-candle'});
around(FeatureStream, 'push', {after: 'after-features'});
around(Predictor, 'predict', {after: 'after-forecast'});
around(RiskAudit, 'review', {after: 'after-approval', behind: (verdict) => verdict.kind === 'approved'});

if (wanted !== '' && !points.has(wanted)) throw new Error(`no crash point is called "${wanted}"`);
