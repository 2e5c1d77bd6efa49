import {describe, expect, it} from 'vitest';
import {createDecision} from '../../../src/decision/decide.js';
import {PositionManager} from '../../../src/ledger/position-manager.js';
import {rejected} from '../../support/caught.js';
import {HTML} from '../../support/test-exchange/faults.js';
import {IMPATIENT, openBroker} from '../../support/test-exchange/open-broker.js';
import type {TestBroker} from '../../support/test-exchange/open-broker.js';
import {SYMBOL, approved, candleAt, d, forecastAt} from '../../support/trading.js';

const ORDER = '/api/v3/order';
const SEND = `POST ${ORDER}`;

/** What was sent with the last order. */
function sent({exchange}: TestBroker): URLSearchParams {
  const request = exchange.requests.findLast(({method, path}) => `${method} ${path}` === SEND);
  return new URLSearchParams(request?.body);
}

async function book({broker}: TestBroker, ledger: PositionManager): Promise<void> {
  for (const event of await broker.news()) {
    if (event.kind === 'fill') ledger.apply(event.fill);
  }
}

describe('a trap of ccxt', () => {
  it('1: an id that the exchange would accept again is not sent again', async () => {
    const test = await openBroker();
    await test.broker.submit(approved());
    await test.broker.news();
    // The exchange would: the id is free once its order has been filled.
    await Promise.all([test.broker.submit(approved()), test.broker.submit(approved())]);
    expect(await test.broker.submit(approved())).toMatchObject({status: 'filled'});
    expect(test.exchange.count(SEND)).toBe(1);
    const order = {
      clientOrderId: 'dlt-1',
      symbol: SYMBOL,
      side: 'BUY',
      type: 'MARKET',
      quantity: '1',
      price: null,
    };
    expect(test.venue.orders.take(order, test.exchange.nowMs).status).toBe('FILLED');
  });

  it('2: an order whose answer is lost is not sent twice by ccxt', async () => {
    const test = await openBroker();
    test.exchange.fail(SEND, {kind: 'dropped', when: 'after'}, {times: 5});
    await test.broker.submit(approved());
    expect(test.exchange.count(SEND)).toBe(1);
  });

  it('3: an order that is not found yet is not called absent', async () => {
    const test = await openBroker({connection: IMPATIENT});
    test.exchange.fail(SEND, {kind: 'late', afterMs: 4900});
    await test.broker.submit(approved());
    test.exchange.nowMs += 4800;
    expect(await test.broker.news()).toEqual([]);
    test.exchange.nowMs += 100;
    expect((await test.broker.news()).map(({kind}) => kind)).toEqual(['fill', 'order']);
  });

  it('4: a market order goes out by its quantity, to the digit, without a price and without a cost', async () => {
    const test = await openBroker();
    await test.broker.submit(approved({quantityBase: d('1.230')}));
    const parameters = sent(test);
    expect(Object.fromEntries(parameters)).toMatchObject({
      ...{symbol: 'BTCUSDT', side: 'BUY', type: 'MARKET', quantity: '1.23', newClientOrderId: 'dlt-1'},
      recvWindow: '5000',
    });
    expect(parameters.has('price') || parameters.has('quoteOrderQty')).toBe(false);
  });

  it('5: what a fee in base has left is sold, and no more than that', async () => {
    const test = await openBroker();
    const ledger = new PositionManager({symbol: SYMBOL, lotSizeBase: test.broker.rules.lotSizeBase});
    await test.broker.submit(approved({quantityBase: d(5)}));
    await book(test, ledger);
    expect(ledger.holdings.base.toFixed()).toBe('4.995');
    test.venue.orders.behaviour.feeRate = '0.0011';
    await test.broker.submit(approved({clientOrderId: 'dlt-2'}));
    await book(test, ledger);
    expect(ledger.holdings.base.toFixed()).toBe('5.9939');

    const candle = candleAt(1, 100);
    ledger.mark(100, candle.openTimeMs);
    const decide = createDecision({
      ...{strategyId: 'test', rules: test.broker.rules, threshold: 0.6, maxNotionalQuote: d(1000)},
    });
    const wanted = decide(forecastAt(1, 0.1), ledger.view(), candle);
    if (wanted.kind !== 'order') throw new Error('nothing was to be closed');
    expect(wanted.quantityBase.toFixed()).toBe('5.993');
    const report = await test.broker.submit(
      approved({clientOrderId: 'dlt-3', side: 'sell', reduceOnly: true, quantityBase: wanted.quantityBase}),
    );
    expect(report.status).toBe('open');
    await book(test, ledger);
    expect(ledger.holdings.base.toFixed()).toBe(test.venue.orders.account.total('BTC').toFixed());
  });

  it('5: a fee in a third currency is told with the fill, and touches neither cash nor position', async () => {
    const test = await openBroker({balances: {USDT: '10000', BTC: '0', BNB: '1'}});
    test.venue.orders.behaviour.feeIn = 'BNB';
    await test.broker.submit(approved());
    const [event] = await test.broker.news();
    if (event?.kind !== 'fill') throw new Error('nothing was filled');
    expect(event.fill).toMatchObject({
      ...{fee: d(0), feeCurrency: 'quote'},
      feesElsewhere: [{amount: d('0.00033333'), currency: 'BNB'}],
    });
    const ledger = PositionManager.fromFills({symbol: SYMBOL}, [event.fill]);
    const {account} = test.venue.orders;
    expect(ledger.holdings.base.toFixed()).toBe(account.total('BTC').toFixed());
    expect(ledger.holdings.quote.toFixed()).toBe(account.total('USDT').toFixed());
  });

  // 6 and 7 are those of candles: ccxt-candles.test.ts.

  it.each([
    ['0.049', /below the minimum of 5/],
    ['0.0004', /below the minimum of 0.001/],
    ['0', /below the minimum/],
    ['-1', /below the minimum/],
    ['NaN', /below the minimum/],
    ['1.0005', /no multiple of 0.001/],
  ])('8: a quantity of %s, which ccxt would cut or let through, is not sent', async (quantity, reason) => {
    const test = await openBroker();
    const report = await test.broker.submit(approved({quantityBase: d(quantity)}));
    expect(report).toMatchObject({status: 'rejected', reason: expect.stringMatching(reason) as string});
    expect(test.exchange.count(SEND)).toBe(0);
  });

  // 9 is ccxt-secrets.test.ts.

  it('10: open orders are asked for with a symbol', async () => {
    const test = await openBroker();
    test.venue.orders.behaviour.fillAfterMs = 1000;
    await test.broker.submit(approved());
    expect(await test.broker.openOrders()).toMatchObject([
      {clientOrderId: 'dlt-1', venueOrderId: '1000', side: 'buy', quantityBase: d(1)},
    ]);
    const {query} = test.exchange.requests.at(-1)!;
    expect(query.get('symbol')).toBe('BTCUSDT');
  });

  it.each([
    ['HTML', HTML],
    ['{}', '{}'],
    ['nothing', ''],
    ['an account without balances', '{"canTrade":true}'],
    ['balances that are null', '{"balances":null}'],
    ['no balances', '{"balances":[]}'],
    ['an amount that is none', '{"balances":[{"asset":"BTC","free":"many","locked":"0"}]}'],
  ])('an answer of %s is no empty account', async (_, body) => {
    const test = await openBroker();
    test.exchange.fail('/api/v3/account', {kind: 'answer', body}, {times: 3});
    expect(await rejected(test.broker.balances())).toMatchObject({code: 'EXCHANGE_ANSWER_INVALID'});
    expect(await test.broker.balances()).toEqual({base: d(0), quote: d(10_000)});
  });

  it('open orders that make no sense are an error, not none', async () => {
    const test = await openBroker();
    test.exchange.fail('/api/v3/openOrders', {kind: 'answer', body: '[{"orderId":7}]'}, {times: 3});
    expect(await rejected(test.broker.openOrders())).toMatchObject({code: 'EXCHANGE_ANSWER_INVALID'});
  });
});
