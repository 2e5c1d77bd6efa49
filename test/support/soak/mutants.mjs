// Loaded in front of the built command, it gives it one of the known defects of trading software, so that a soak can show that it
// notices each:
//   MUTANT=blind-retry node --import ./test/support/soak/mutants.mjs dist/cli/main.js ...
import {setTimeout as sleep} from 'node:timers/promises';
import {CcxtBroker} from '../../../dist/exchange/ccxt-broker.js';
import {CcxtConnection} from '../../../dist/exchange/ccxt-connection.js';
import {DeepLearningStrategy} from '../../../dist/engine/deep-learning-strategy.js';
import {PositionManager} from '../../../dist/ledger/position-manager.js';
import {Journal} from '../../../dist/store/journal.js';

/** Puts another method in a method's place.
 *  @param make is given the one that was there */
function replace({prototype}, method, make) {
  const inner = prototype[method];
  prototype[method] = make((self, ...args) => inner.apply(self, args));
}

const MUTANTS = {
  'send-before-journal'() {
    let writeHeld = () => undefined;
    replace(
      Journal,
      'append',
      (append) =>
        function (entries, options) {
          if (!entries.some(({kind}) => kind === 'order')) return append(this, entries, options);
          writeHeld = () => append(this, entries, options);
        },
    );
    replace(
      CcxtBroker,
      'submit',
      (submit) =>
        async function (order) {
          const report = await submit(this, order);
          writeHeld();
          return report;
        },
    );
  },
  'blind-retry'() {
    replace(
      CcxtConnection,
      'send',
      (send) =>
        async function (what, ask) {
          return await send(this, what, ask).catch(() => send(this, what, ask));
        },
    );
  },
  'forgets-at-restart'() {
    replace(
      DeepLearningStrategy,
      'recall',
      (recall) =>
        function (entries) {
          const lines = [...entries];
          const idOf = ({body}) => JSON.parse(body).clientOrderId;
          const reported = new Set(lines.filter(({kind}) => kind === 'report').map(idOf));
          return recall(
            this,
            lines.filter((line) => line.kind !== 'order' || reported.has(idOf(line))),
          );
        },
    );
  },
  'fills-twice'() {
    let told = 0;
    replace(
      PositionManager,
      'apply',
      (apply) =>
        function (fill) {
          return apply(this, {...fill, fillId: `${fill.fillId}-${String((told += 1))}`});
        },
    );
  },
  'absent-at-once'() {
    replace(
      CcxtBroker,
      'query',
      (query) =>
        async function (clientOrderId, symbol) {
          return await Promise.race([query(this, clientOrderId, symbol), sleep(500)]);
        },
    );
  },
  'takes-back-unasked'() {
    replace(
      CcxtBroker,
      'cancel',
      (_, query = CcxtBroker.prototype.query) =>
        async function (clientOrderId, symbol) {
          const report = await query.call(this, clientOrderId, symbol);
          return report?.status === 'open' ? {...report, status: 'canceled'} : report;
        },
    );
  },
};

const mutant = MUTANTS[process.env.MUTANT];
if (mutant === undefined) throw new Error(`no mutant is called "${String(process.env.MUTANT)}"`);
mutant();
