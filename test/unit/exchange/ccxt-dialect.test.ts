import {describe, expect, it} from 'vitest';
import type {CcxtApi} from '../../../src/exchange/ccxt-api.js';
import {orderDialect} from '../../../src/exchange/ccxt-dialect.js';
import type {OrderDialect} from '../../../src/exchange/ccxt-dialect.js';
import {connect} from '../../support/test-exchange/connect.js';
import {startBinance} from '../../support/test-exchange/markets.js';

async function dialectOf(provider: string): Promise<OrderDialect | string> {
  const {connection} = await connect(await startBinance(), {provider});
  return orderDialect(connection);
}

async function dialect(provider: string): Promise<OrderDialect> {
  const found = await dialectOf(provider);
  if (typeof found === 'string') throw new Error(found);
  return found;
}

/** The lists of an exchange, and what was asked of it. */
function lists(open: unknown, closed: unknown): {api: CcxtApi; asked: unknown[][]} {
  const asked: unknown[][] = [];
  const answer =
    (name: string, value: unknown) =>
    (...given: unknown[]): Promise<unknown> => {
      asked.push([name, ...given]);
      return Promise.resolve(value);
    };
  const api = {
    fetchOpenOrders: answer('open', open),
    fetchClosedOrders: answer('closed', closed),
    fetchOrder: answer('order', {id: '7'}),
    fetchMyTrades: answer('trades', []),
  };
  return {api: api as unknown as CcxtApi, asked};
}

const WANTED = {venueId: 'dlt-1', venueOrderId: undefined, symbol: 'BTC/USDT'};

describe('orderDialect', () => {
  it('knows no end of the wait for an order where the exchange has none', async () => {
    expect((await dialect('okx')).receiveWindowMs).toBeUndefined();
    expect((await dialect('binance')).receiveWindowMs).toBe(5000);
  });

  it('looks through open orders, then closed ones, for our id', async () => {
    const okx = await dialect('okx');
    const other = {id: '6', clientOrderId: 'x'};
    const ours = {id: '7', clientOrderId: 'dlt-1'};
    expect(await okx.find(lists([null, other, ours], []).api, WANTED)).toBe(ours);
    const {api, asked} = lists([other], [ours]);
    expect(await okx.find(api, WANTED)).toBe(ours);
    expect(asked).toEqual([
      ['open', 'BTC/USDT'],
      ['closed', 'BTC/USDT'],
    ]);
    expect(await okx.find(lists([], [other]).api, WANTED)).toBeUndefined();
  });

  it('hands on what is no list, to be refused', async () => {
    expect(await (await dialect('okx')).find(lists('closed for today', []).api, WANTED)).toBe(
      'closed for today',
    );
  });

  it('asks for an order by the id of the exchange once that is known', async () => {
    const {api, asked} = lists([], []);
    await (await dialect('kraken')).find(api, {...WANTED, venueOrderId: 'O7'});
    expect(asked).toEqual([['order', 'O7', 'BTC/USDT']]);
  });

  it('asks for trades from a second before the order was taken', async () => {
    const {api, asked} = lists([], []);
    const okx = await dialect('okx');
    const order = {venueOrderId: '7', takenMs: 5000} as Parameters<OrderDialect['trades']>[2];
    await okx.trades(api, 'BTC/USDT', order, undefined);
    await okx.trades(api, 'BTC/USDT', {...order, takenMs: undefined}, undefined);
    expect(asked.map(([, , since]) => since)).toEqual([4000, undefined]);
  });

  it('gives kraken an id that it takes, and reads it back', async () => {
    const {venueId, clientId} = await dialect('kraken');
    const id = `dlt-${'0123456789abcdef'.repeat(2)}`;
    expect(venueId(id)).toHaveLength(32);
    expect(clientId(venueId(id))).toBe(id);
    expect([venueId('dlt-short'), clientId('by-hand')]).toEqual(['dlt-short', 'by-hand']);
  });

  it.each([
    ['bybit', /market buys by their cost/],
    ['bitbns', /its orders cannot be followed: ccxt has no/],
  ])('refuses %s, and says why', async (provider, why) => {
    expect(await dialectOf(provider)).toMatch(why);
  });
});
