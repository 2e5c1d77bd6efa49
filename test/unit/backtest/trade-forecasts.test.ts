import {describe, expect, it} from 'vitest';
import {tradeForecasts} from '../../../src/backtest/trade-forecasts.js';
import type {Candle} from '../../../src/domain/candle.js';
import {Decimal} from '../../../src/domain/decimal.js';
import {marketRulesFor} from '../../../src/exchange/market-rules.js';
import type {ForecastBatch} from '../../../src/model/predict-history.js';
import type {Model} from '../../../src/model/model-persistence.js';
import {candleAt, FIVE_MINUTES} from '../../support/candles.js';
import {SMALL_MANIFEST} from '../../support/models.js';

const MODEL = {name: 'given', manifest: SMALL_MANIFEST} as unknown as Model;

/** Candles whose opens are the given prices, each closing at the next one. */
function candlesOf(prices: readonly number[]): Candle[] {
  return prices.slice(0, -1).map((open, i) => {
    const close = prices[i + 1]!;
    return candleAt(i, {open, close, high: Math.max(open, close), low: Math.min(open, close), volume: 1e6});
  });
}

function forecastsOf(candles: readonly Candle[], probabilities: readonly number[]): ForecastBatch {
  return {
    openTimesMs: Float64Array.from(candles, ({openTimeMs}) => openTimeMs),
    logits: Float32Array.from(probabilities, (p) => Math.log(p / (1 - p))),
    probabilities: Float64Array.from(probabilities),
    maxAbsInputs: new Float64Array(candles.length),
  };
}

const OPTIONS = {
  rules: marketRulesFor('BTC/USDT', 100),
  timeframe: FIVE_MINUTES,
  startingCashQuote: new Decimal(1000),
  maxNotionalQuote: new Decimal(500),
  slippageBps: 0,
};

describe('tradeForecasts', () => {
  it('buys and sells at the next open, with fees, as worked by hand', async () => {
    const prices = [100, 100, 102, 104, 104, 104, 104];
    const candles = candlesOf(prices);
    const traded = await tradeForecasts(
      MODEL,
      candles,
      forecastsOf(candles, [0.9, 0.5, 0.5, 0.1, 0.5, 0.5]),
      {...OPTIONS, feeBps: 10},
    );
    // Bought 5 at 100 (the second open), sold at 104 (the fifth): 20 less 0.5 and 0.52 of fees.
    expect(traded).toMatchObject({fills: 2, trades: 1, feesPaidQuote: '1.02'});
    expect(traded.equity[0]).toBe(1000);
    expect(traded.equity.at(-1)).toBeCloseTo(1018.98, 10);
    expect(traded.performance.totalReturn).toBeCloseTo(0.01898, 12);
    expect(traded.equity).toHaveLength(candles.length + 1);
  });

  it('measures holding one position of the same size beside it', async () => {
    const candles = candlesOf([100, 100, 110, 121]);
    const {buyAndHold} = await tradeForecasts(MODEL, candles, forecastsOf(candles, [0.5, 0.5, 0.5]), OPTIONS);
    expect(buyAndHold.totalReturn).toBeCloseTo((500 * 0.21) / 1000, 12);
  });

  it('loses the fees and nothing else where the price never moves', async () => {
    const candles = candlesOf(Array<number>(40).fill(100));
    const p = candles.map((_, i) => (i % 10 < 5 ? 0.9 : 0.1));
    const traded = await tradeForecasts(MODEL, candles, forecastsOf(candles, p), {...OPTIONS, feeBps: 10});
    expect(traded.fills).toBeGreaterThan(4);
    expect(1000 - traded.equity.at(-1)!).toBeCloseTo(Number(traded.feesPaidQuote), 10);
  });

  it('does nothing on candles without a forecast, and by another threshold', async () => {
    const candles = candlesOf([100, 101, 102, 103, 104, 105]);
    const forecasts = forecastsOf(candles.slice(3), [0.65, 0.65]);
    expect((await tradeForecasts(MODEL, candles, forecasts, OPTIONS)).fills).toBe(1);
    expect((await tradeForecasts(MODEL, candles, forecasts, {...OPTIONS, threshold: 0.7})).fills).toBe(0);
  });
});
