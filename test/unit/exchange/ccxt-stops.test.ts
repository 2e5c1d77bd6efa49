import {describe, expect, it} from 'vitest';
import type {CcxtConnection} from '../../../src/exchange/ccxt-connection.js';
import {parseOrder} from '../../../src/exchange/ccxt-order.js';
import {requireStopForm, stopRequest} from '../../../src/exchange/ccxt-stops.js';
import {openBroker} from '../../support/test-exchange/open-broker.js';
import type {TestBroker, TestBrokerOptions} from '../../support/test-exchange/open-broker.js';
import {RULES, SYMBOL, approved, d} from '../../support/trading.js';

const STOP = {type: 'stop', side: 'sell', reduceOnly: true, stopPrice: d(95)} as const;

/** Holds 2, but for a fee, at the test exchange. */
async function holding(options: TestBrokerOptions = {}): Promise<TestBroker> {
  const test = await openBroker({broker: {stops: true}, ...options});
  await test.broker.submit(approved({quantityBase: d(2)}));
  await test.broker.news();
  return test;
}

const sentTypes = ({exchange}: TestBroker): (string | null)[] =>
  exchange.requests
    .filter(({method, path}) => method === 'POST' && path === '/api/v3/order')
    .map(({body, rawQuery}) => new URLSearchParams(body === '' ? rawQuery : body).get('type'));

describe('requireStopForm', () => {
  const connection = (
    provider: string,
    orderTypes: readonly string[],
    stopLossPrice = true,
  ): CcxtConnection =>
    ({
      ...{provider, feature: () => ({stopLossPrice}), orderTypes: () => Promise.resolve(orderTypes)},
    }) as unknown as CcxtConnection;

  it('wants a stop that becomes a market order, and takes one with a limit where there is no other', async () => {
    expect(await requireStopForm(connection('binance', ['STOP_LOSS', 'STOP_LOSS_LIMIT']), SYMBOL)).toBe(
      'market',
    );
    expect(await requireStopForm(connection('binanceus', ['STOP_LOSS_LIMIT']), SYMBOL)).toBe('limit');
    expect(await requireStopForm(connection('kraken', []), SYMBOL)).toBe('market');
  });

  it.each([
    [
      'a market without stops',
      connection('binance', ['LIMIT', 'MARKET']),
      'takes no stop orders for BTC/USDT',
    ],
    ['a ccxt without them', connection('binance', ['STOP_LOSS'], false), 'ccxt has no stop orders'],
    ['an exchange whose stops lie elsewhere', connection('okx', ['STOP_LOSS']), 'are not followed here'],
  ])('refuses %s, and says what to do', async (_name, at, why) => {
    await expect(requireStopForm(at, SYMBOL)).rejects.toMatchObject({
      code: 'PROVIDER_UNSUPPORTED',
      message: expect.stringMatching(new RegExp(`${why}.*leave --resting-stop out`)) as string,
    });
  });
});

describe('stopRequest', () => {
  it('puts a limit 5% beyond the stop, on the tick', () => {
    const at = (side: 'buy' | 'sell', stopPrice: string): unknown =>
      stopRequest({side, stopPrice: d(stopPrice)}, 'limit', RULES);
    // 95.01 x 0.95 = 90.2595, and x 1.05 = 99.7605
    expect(at('sell', '95.01')).toEqual({type: 'limit', price: '90.25', stopLossPrice: '95.01'});
    expect(at('buy', '95.01')).toEqual({type: 'limit', price: '99.77', stopLossPrice: '95.01'});
    expect(at('sell', '0.01')).toMatchObject({price: '0.01'});
  });
});

describe('CcxtBroker with stops', () => {
  it('sends a stop as one, and sets nothing but the holding aside', async () => {
    const test = await holding();
    const report = await test.broker.submit(approved({...STOP, clientOrderId: 'dlt-stop'}));
    expect(report).toMatchObject({status: 'open'});
    expect(sentTypes(test)).toEqual(['MARKET', 'STOP_LOSS']);
    expect(test.venue.orders.account.locked('BTC').toFixed()).toBe('1');
    expect(await test.broker.openOrders()).toMatchObject([{clientOrderId: 'dlt-stop', side: 'sell'}]);
  });

  it('sends one with a limit where the market takes no other', async () => {
    const test = await holding({orderTypes: ['MARKET', 'LIMIT', 'STOP_LOSS_LIMIT']});
    await test.broker.submit(approved({...STOP, clientOrderId: 'dlt-stop'}));
    expect(sentTypes(test)).toEqual(['MARKET', 'STOP_LOSS_LIMIT']);
    test.venue.price = '94';
    expect(await test.broker.news()).toMatchObject([{kind: 'fill'}, {report: {status: 'filled'}}]);
  });

  it('is refused by the exchange, and not unknown, where the market is beyond the stop already', async () => {
    const {broker, venue} = await holding();
    venue.price = '94';
    const report = await broker.submit(approved({...STOP, clientOrderId: 'dlt-stop'}));
    expect(report).toMatchObject({status: 'rejected', reason: expect.stringContaining('trigger') as string});
  });

  it('sends none that nobody asked for at the start', async () => {
    const test = await holding({broker: {}});
    const report = await test.broker.submit(approved({...STOP, clientOrderId: 'dlt-stop'}));
    expect(report).toMatchObject({
      status: 'rejected',
      reason: expect.stringContaining('no stops were asked for') as string,
    });
    expect(sentTypes(test)).toEqual(['MARKET']);
  });

  it('finds a stop of an earlier life, and what it sold meanwhile', async () => {
    const {broker, venue, reopen} = await holding();
    await broker.submit(approved({...STOP, clientOrderId: 'dlt-stop'}));
    venue.price = '90';
    const again = await reopen();
    expect(await again.query('dlt-stop', SYMBOL)).toMatchObject({status: 'open', filledBase: d(0)});
    expect(await again.news()).toMatchObject([
      {kind: 'fill', fill: {clientOrderId: 'dlt-stop', side: 'sell'}},
      {report: {status: 'filled'}},
    ]);
  });

  it('believes no order whose stop is another one', () => {
    const answer = {id: '1', symbol: SYMBOL, side: 'sell', amount: '1', filled: '0', status: 'open'};
    const expected = {clientOrderId: 'dlt-stop', symbol: SYMBOL, stopPrice: d(95)};
    expect(parseOrder({...answer, triggerPrice: '94'}, expected, 'dlt-stop')).toBe(
      'its stop price was "94", want "95"',
    );
    for (const said of [{triggerPrice: '95.00'}, {stopLossPrice: '95'}, {}]) {
      expect(parseOrder({...answer, ...said}, expected, 'dlt-stop')).toMatchObject({status: 'open'});
    }
  });
});
