import {describe, expect, it} from 'vitest';
import {SPOT_MARKET, rulesOfMarket} from '../../../src/exchange/ccxt-market.js';
import {d} from '../../support/trading.js';

const MARKET = {
  ...{symbol: 'BTC/USDT', base: 'BTC', quote: 'USDT', spot: true, active: true},
  precision: {amount: '0.00001', price: 0.01},
  limits: {amount: {min: '0.0001'}, cost: {min: 5}, market: {min: 0}},
};

describe('rulesOfMarket', () => {
  it('reads steps and minimums exactly, from digits and from doubles', () => {
    expect(rulesOfMarket(SPOT_MARKET.parse(MARKET), 4)).toEqual({
      ...{symbol: 'BTC/USDT', base: 'BTC', quote: 'USDT'},
      ...{lotSizeBase: d('0.00001'), tickSizeQuote: d('0.01')},
      ...{minQuantityBase: d('0.0001'), minNotionalQuote: d(5)},
    });
  });

  it('reads decimal places as well, also in front of the point', () => {
    const market = SPOT_MARKET.parse({...MARKET, precision: {amount: 3, price: -1}, limits: null});
    expect(rulesOfMarket(market, 2)).toMatchObject({
      ...{lotSizeBase: d('0.001'), tickSizeQuote: d(10)},
      ...{minQuantityBase: d('0.001'), minNotionalQuote: d(0)},
    });
  });

  it.each([
    ['no step of the quantity', {amount: undefined, price: '0.01'}, 4],
    ['no step of the price', {amount: '0.1', price: null}, 4],
    ['a step of 0', {amount: '0', price: '0.01'}, 4],
    ['places that are no whole number', {amount: '0.5', price: '2'}, 2],
    ['significant digits', {amount: '5', price: '5'}, 3],
  ])('says what is missing of a market with %s', (_, precision, mode) => {
    expect(rulesOfMarket(SPOT_MARKET.parse({...MARKET, precision}), mode)).toMatch(/^no step of the/);
  });
});
