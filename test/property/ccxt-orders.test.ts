import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import type {CcxtBroker} from '../../src/exchange/ccxt-broker.js';
import type {BrokerEvent} from '../../src/execution/broker.js';
import {OrderTracker} from '../../src/execution/order-tracker.js';
import {reconcile} from '../../src/execution/reconcile.js';
import {PositionManager} from '../../src/ledger/position-manager.js';
import {HTML, binanceError} from '../support/test-exchange/faults.js';
import type {Fault} from '../support/test-exchange/faults.js';
import {IMPATIENT, openBroker} from '../support/test-exchange/open-broker.js';
import type {TestBroker} from '../support/test-exchange/open-broker.js';
import {SYMBOL, approved, d} from '../support/trading.js';

const ORDER = '/api/v3/order';
const HOUR_MS = 3_600_000;
const RUNS = Number(process.env['ORDER_RUNS'] ?? 20);

const FAULTS: readonly Fault[] = [
  {kind: 'dropped', when: 'before'},
  {kind: 'dropped', when: 'after'},
  {kind: 'cut'},
  {kind: 'truncated'},
  {kind: 'late', afterMs: 3000},
  {kind: 'late', afterMs: 60_000},
  {kind: 'answer', body: HTML},
  {kind: 'answer', body: '{}'},
  {kind: 'answer', status: 500, body: binanceError(-1, 'Internal error')},
  {kind: 'answer', status: 429, body: '{}', headers: {'retry-after': '2'}},
  {kind: 'refused', status: 400, body: binanceError(-1021, 'Timestamp is outside of the recvWindow.')},
  {kind: 'refused', status: 503, body: HTML},
];

type Step =
  | {readonly kind: 'submit'; readonly side: 'buy' | 'sell'; readonly lots: number; readonly crash: boolean}
  | {readonly kind: 'cancel'; readonly which: number}
  | {readonly kind: 'news' | 'restart'}
  | {readonly kind: 'wait'; readonly ms: number}
  | {readonly kind: 'fault'; readonly path: string; readonly fault: Fault; readonly times: number}
  | {readonly kind: 'market'; readonly price: string; readonly parts: number; readonly hiddenMs: number};

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('submit' as const),
      side: fc.constantFrom('buy' as const, 'sell' as const),
      lots: fc.integer({min: 40, max: 30_000}),
      crash: fc.boolean(),
    }),
  },
  {weight: 1, arbitrary: fc.record({kind: fc.constant('cancel' as const), which: fc.nat(5)})},
  {weight: 3, arbitrary: fc.record({kind: fc.constantFrom('news' as const, 'restart' as const)})},
  {
    weight: 2,
    arbitrary: fc.record({kind: fc.constant('wait' as const), ms: fc.integer({min: 1, max: 90_000})}),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('fault' as const),
      path: fc.constantFrom(
        `POST ${ORDER}`,
        `POST ${ORDER}`,
        `GET ${ORDER}`,
        `DELETE ${ORDER}`,
        '/api/v3/myTrades',
      ),
      fault: fc.constantFrom(...FAULTS),
      times: fc.integer({min: 1, max: 2}),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('market' as const),
      price: fc.constantFrom('100', '99.97', '123.45'),
      parts: fc.integer({min: 1, max: 4}),
      hiddenMs: fc.constantFrom(0, 0, 3000),
    }),
  },
);

/** Orders, books and what is on disk of both, as the engine keeps them: whatever is not journalled is lost in a crash. */
class Trader {
  readonly tracker = new OrderTracker();
  readonly ledger = new PositionManager({symbol: SYMBOL, lotSizeBase: d('0.001')});
  readonly test: TestBroker;
  broker: CcxtBroker;
  ordered = 0;

  constructor(test: TestBroker) {
    this.test = test;
    this.broker = test.broker;
  }

  async take(step: Step): Promise<void> {
    const {exchange, venue} = this.test;
    switch (step.kind) {
      case 'submit':
        await this.#submit(step);
        break;
      case 'cancel': {
        const report = await this.broker.cancel(`dlt-${String(step.which)}`, SYMBOL).catch(() => undefined);
        if (report !== undefined && this.tracker.get(report.clientOrderId) !== undefined)
          this.#fold([{kind: 'order', report}]);
        break;
      }
      case 'news':
        this.#fold(await this.broker.news());
        break;
      case 'restart':
        await this.restart();
        break;
      case 'wait':
        exchange.nowMs += step.ms;
        break;
      case 'fault':
        exchange.fail(step.path, step.fault, {times: step.times});
        break;
      case 'market':
        venue.price = step.price;
        Object.assign(venue.orders.behaviour, {fillParts: step.parts, hiddenMs: step.hiddenMs});
        break;
    }
  }

  async restart(): Promise<void> {
    this.broker = await this.test.reopen();
    const {reports} = await reconcile(this.tracker.pending, this.broker);
    this.#fold(reports.map((report) => ({kind: 'order', report})));
    this.#fold(await this.broker.news());
  }

  async #submit({side, lots, crash}: Extract<Step, {kind: 'submit'}>): Promise<void> {
    const id = `dlt-${String(this.ordered)}`;
    this.ordered += 1;
    const order = approved({clientOrderId: id, decisionId: id, side, quantityBase: d(lots).times('0.001')});
    this.tracker.created(order);
    this.ledger.orderSubmitted(order);
    const report = await this.broker.submit(order);
    if (crash) await this.restart();
    else this.#fold([{kind: 'order', report}]);
  }

  #fold(events: readonly BrokerEvent[]): void {
    for (const event of events) {
      if (event.kind === 'fill') this.ledger.apply(event.fill);
      else if (!['duplicate', 'late'].includes(this.tracker.report(event.report).news)) {
        this.ledger.orderReport(event.report);
      }
    }
  }
}

describe('orders through ccxt, whatever goes wrong', () => {
  it(
    'are placed once, none is lost, and our books are those of the exchange',
    async () => {
      let [placed, unanswered] = [0, 0];
      await fc.assert(
        fc.asyncProperty(fc.array(step, {minLength: 6, maxLength: 22}), async (steps) => {
          const test = await openBroker({connection: IMPATIENT});
          const {venue, exchange} = test;
          const trader = new Trader(test);
          for (const each of steps) await trader.take(each);

          exchange.heal();
          for (let index = 0; index < 3; index++) {
            exchange.nowMs += HOUR_MS;
            await trader.take({kind: 'news'});
          }

          const taken = venue.orders.taken.map(({clientOrderId}) => clientOrderId);
          expect(new Set(taken).size).toBe(taken.length);
          const sent = exchange.count(`POST ${ORDER}`);
          expect(sent).toBeLessThanOrEqual(trader.ordered);
          expect(trader.tracker.pending).toEqual([]);
          for (const {clientOrderId, executedQty} of venue.orders.taken) {
            expect(trader.tracker.get(clientOrderId)?.filledBase.toFixed()).toBe(executedQty.toFixed());
          }
          const {base, quote} = trader.ledger.holdings;
          expect(base.toFixed()).toBe(venue.orders.account.total('BTC').toFixed());
          expect(quote.toFixed()).toBe(venue.orders.account.total('USDT').toFixed());
          placed += taken.length;
          unanswered += test.troubles.length;
        }),
        {numRuns: RUNS},
      );
      // Otherwise the law was tried on nothing.
      expect(placed).toBeGreaterThan(RUNS / 2);
      expect(unanswered).toBeGreaterThan(RUNS / 2);
    },
    240_000 + 10_000 * RUNS,
  );
});
