import {describe, expect, it} from 'vitest';
import {buyAndHoldEquity} from '../../../src/backtest/buy-and-hold.js';

const FREE = {startingCashQuote: 1000, maxNotionalQuote: 500, feeBps: 0, slippageBps: 0};

describe('buyAndHoldEquity', () => {
  it('buys at the second open with slippage and fee, as worked by hand', () => {
    const held = buyAndHoldEquity([90, 100, 110], [95, 105, 121], {...FREE, feeBps: 10, slippageBps: 1000});
    // 500 at 110 with 0.5 of fee: 500 / 110 of base.
    expect([...held]).toEqual([
      1000,
      1000,
      expect.closeTo(499.5 + (500 / 110) * 105, 10),
      expect.closeTo(499.5 + (500 / 110) * 121, 10),
    ]);
  });

  it('spends no more than there is, fee included', () => {
    const held = buyAndHoldEquity([100, 100], [100, 100], {...FREE, maxNotionalQuote: 5000, feeBps: 100});
    expect(held[2]).toBeCloseTo(1000 / 1.01, 10);
  });

  it('never buys where there is no second candle', () => {
    expect([...buyAndHoldEquity([100], [200], FREE)]).toEqual([1000, 1000]);
  });
});
