import {describe, expect, it} from 'vitest';
import {MarketWatch} from '../../../src/risk/market-watch.js';
import {candleAt, openTime} from '../../support/trading.js';

describe('MarketWatch', () => {
  it('knows the close before the last one', () => {
    const market = new MarketWatch(3);
    market.push(candleAt(0, 100));
    expect(market.previousClose).toBeUndefined();
    market.push(candleAt(1, 101));
    expect(market.previousClose).toBe(100);
    expect(market.openTimeMs).toBe(openTime(1));
  });

  it('forgets the close before a long gap', () => {
    const market = new MarketWatch(3);
    market.push(candleAt(0, 100));
    market.push(candleAt(9, 150, {afterGap: true}));
    expect(market.previousClose).toBeUndefined();
    expect(market.candlesSinceGap).toBe(0);
    market.push(candleAt(10, 151));
    expect(market.previousClose).toBe(150);
    expect(market.candlesSinceGap).toBe(1);
  });

  it('counts filled candles in the window alone', () => {
    const market = new MarketWatch(3);
    const counts = [true, false, true, false, false, false].map((filled, index) => {
      market.push(candleAt(index, 100, {filled}));
      return market.filledInWindow;
    });
    expect(counts).toEqual([1, 1, 2, 1, 1, 0]);
  });
});
