import {describe, expect, it} from 'vitest';
import {DeepLearningStrategy} from '../../../src/engine/deep-learning-strategy.js';
import type {StepRecord} from '../../../src/engine/step-record.js';
import type {CcxtBroker} from '../../../src/exchange/ccxt-broker.js';
import {HTML} from '../../support/test-exchange/faults.js';
import {openBroker} from '../../support/test-exchange/open-broker.js';
import type {TestBroker} from '../../support/test-exchange/open-broker.js';
import {HOUR, MemoryJournal, fakeModel, simulatedCandles} from '../../support/strategy.js';
import {d} from '../../support/trading.js';

const CANDLES = simulatedCandles(60);
const SEND = 'POST /api/v3/order';

/** A strategy whose orders go through ccxt, as a journal left it. */
function strategyOn(broker: CcxtBroker, journal: MemoryJournal): DeepLearningStrategy {
  const strategy = new DeepLearningStrategy({
    ...{
      strategyId: 'test',
      model: fakeModel(),
      rules: broker.rules,
      timeframe: HOUR,
      broker,
      account: broker,
      journal,
    },
  });
  strategy.recall(journal.entries);
  return strategy;
}

/** Feeds candles until a record comes that is looked for. */
async function feedUntil(
  {exchange, venue}: TestBroker,
  strategy: DeepLearningStrategy,
  from: number,
  found: (record: StepRecord) => boolean,
): Promise<number> {
  for (let index = from; index < CANDLES.length; index++) {
    const candle = CANDLES[index]!;
    venue.price = String(candle.close);
    exchange.nowMs = Math.max(exchange.nowMs, candle.openTimeMs + HOUR.ms);
    const records = await strategy.onCandle(candle);
    if (records.some(found)) return index + 1;
  }
  throw new Error('no such record');
}

const sent = (record: StepRecord): boolean => record.kind === 'order';
const isCandle =
  (index: number) =>
  (record: StepRecord): boolean =>
    record.kind === 'warming-up' && record.candle === CANDLES[index];
const opens = (record: StepRecord): boolean =>
  record.kind === 'decided' && record.verdict.kind === 'approved' && !record.verdict.order.reduceOnly;

describe('a strategy at an exchange', () => {
  it('takes in after a crash what its order did meanwhile, and its books are those of the exchange', async () => {
    const test = await openBroker();
    const journal = new MemoryJournal();
    const first = strategyOn(test.broker, journal);
    const next = await feedUntil(test, first, 0, sent);
    expect(first.ledger.holdings.base.toFixed()).toBe('0');

    const broker = await test.reopen();
    const second = strategyOn(broker, journal);
    const {news, unresolved, foreignOrders} = await second.reconcile();
    expect(news.map(({kind}) => kind)).toEqual(['fill', 'order']);
    expect([unresolved, foreignOrders]).toEqual([{orders: [], differences: []}, []]);
    const {account, taken} = test.venue.orders;
    expect(taken.length).toBe(1);
    expect(second.ledger.holdings.base.toFixed()).toBe(account.total('BTC').toFixed());
    expect(second.ledger.holdings.quote.toFixed()).toBe(account.total('USDT').toFixed());
    // It goes on from there, and closes what it holds.
    await feedUntil(test, second, next, (record) => record.kind === 'fill' && record.fill.side === 'sell');
    expect(second.ledger.holdings.quote.toFixed()).toBe(account.total('USDT').toFixed());
  });

  it('opens nothing while less lies at the exchange than it holds, and goes on once it is there again', async () => {
    const test = await openBroker();
    const strategy = strategyOn(test.broker, new MemoryJournal());
    // Every candle asks the exchange once something is wrong, so that comes when the first decision is near.
    const warm = await feedUntil(test, strategy, 0, isCandle(595));
    test.venue.orders.account.add('USDT', d(-1));
    const {differences} = (await strategy.reconcile()).unresolved;
    expect(differences).toEqual([{kind: 'quote', reason: 'our books hold 10000 quote, the venue 9999'}]);
    const next = await feedUntil(
      test,
      strategy,
      warm,
      (record) =>
        record.kind === 'decided' && record.intent.kind === 'order' && record.verdict.kind === 'refused',
    );
    expect(test.exchange.count(SEND)).toBe(0);
    test.venue.orders.account.add('USDT', d(1));
    await feedUntil(test, strategy, next, opens);
    expect(test.exchange.count(SEND)).toBe(1);
  });

  it('opens nothing while the account cannot be read', async () => {
    const test = await openBroker();
    const strategy = strategyOn(test.broker, new MemoryJournal());
    test.exchange.fail('/api/v3/account', {kind: 'answer', body: HTML}, {times: 3});
    expect((await strategy.reconcile()).unresolved.differences).toMatchObject([{kind: 'unread'}]);
  });

  it('leaves the orders of others alone, and reports them', async () => {
    const test = await openBroker();
    const order = {clientOrderId: 'by-hand', symbol: 'BTC/USDT', side: 'BUY', type: 'LIMIT'};
    test.venue.orders.take({...order, quantity: '1', price: '50'}, test.exchange.nowMs);
    const strategy = strategyOn(test.broker, new MemoryJournal());
    const {foreignOrders, unresolved} = await strategy.reconcile();
    expect(foreignOrders).toMatchObject([{clientOrderId: 'by-hand', side: 'buy', quantityBase: d(1)}]);
    expect(unresolved.differences).toEqual([]);
    await feedUntil(test, strategy, 0, opens);
    expect(test.venue.orders.taken[0]?.status).toBe('NEW');
    expect(test.exchange.count('DELETE /api/v3/order')).toBe(0);
  });
});
