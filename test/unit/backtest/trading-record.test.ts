import {describe, expect, it} from 'vitest';
import {GivenForecasts} from '../../../src/backtest/given-forecasts.js';
import {tradeCandles} from '../../../src/backtest/trade-candles.js';
import type {TradingRecord} from '../../../src/backtest/trading-record.js';
import type {Candle} from '../../../src/domain/candle.js';
import {Decimal} from '../../../src/domain/decimal.js';
import {DeepLearningStrategy} from '../../../src/engine/deep-learning-strategy.js';
import type {StrategyOptions} from '../../../src/engine/deep-learning-strategy.js';
import {marketRulesFor} from '../../../src/exchange/market-rules.js';
import {PaperBroker} from '../../../src/execution/paper-broker.js';
import type {Model} from '../../../src/model/model-persistence.js';
import {candleAt, FIVE_MINUTES, START_MS} from '../../support/candles.js';
import {SMALL_MANIFEST} from '../../support/models.js';

const MODEL = {name: 'given', manifest: SMALL_MANIFEST} as unknown as Model;
const RULES = marketRulesFor('BTC/USDT', 100);
const FREE = {feeBps: 0, slippageBps: 0};
const at = (step: number): number => START_MS + step * FIVE_MINUTES.ms;

/** Candles whose opens are the given prices, each closing at the next one. */
function candlesOf(prices: readonly number[], volume = 1e6): Candle[] {
  return prices.slice(0, -1).map((open, i) => {
    const close = prices[i + 1]!;
    return candleAt(i, {open, close, high: Math.max(open, close), low: Math.min(open, close), volume});
  });
}

/** @param probabilities one a candle; NaN where there is no forecast */
async function traded(
  candles: readonly Candle[],
  probabilities: readonly number[],
  {allowShorts = false, ...options}: Partial<StrategyOptions> = {},
): Promise<{record: TradingRecord; strategy: DeepLearningStrategy; pauses: number[]}> {
  const made = candles.map((_, i) => i).filter((i) => !Number.isNaN(probabilities[i]));
  const given = new GivenForecasts(
    {
      openTimesMs: Float64Array.from(made, (i) => candles[i]!.openTimeMs),
      logits: Float32Array.from(made, () => 0),
      probabilities: Float64Array.from(made, (i) => probabilities[i]!),
      maxAbsInputs: new Float64Array(made.length),
    },
    'given',
  );
  const cash = new Decimal(1000);
  const timeframeMs = FIVE_MINUTES.ms;
  const broker = new PaperBroker({
    rules: RULES,
    timeframeMs,
    startingQuote: cash,
    allowShorts,
    ...FREE,
    ...options,
  });
  const strategy = new DeepLearningStrategy({
    ...{
      strategyId: 'test',
      model: MODEL,
      rules: RULES,
      timeframe: FIVE_MINUTES,
      broker,
      allowShorts,
      threshold: 0.6,
    },
    ...{startingCashQuote: cash, maxNotionalQuote: new Decimal(500), ...FREE},
    forecaster: {features: given, predictor: given},
    limits: {cooldownMs: 0, maxConsecutiveLosses: 0, maxCandleMove: 0},
    ...options,
  });
  const pauses: number[] = [];
  const pause = (done: number): Promise<void> => {
    pauses.push(done);
    return Promise.resolve();
  };
  return {
    record: await tradeCandles(strategy, candles, {startingCashQuote: cash, stride: 2, pause}),
    strategy,
    pauses,
  };
}

describe('TradingRecord', () => {
  it('keeps a round trip as worked by hand, with what asked for its ends', async () => {
    const candles = candlesOf([90, 100, 100, 102, 104, 104, 104]);
    const {record} = await traded(candles, [NaN, 0.9, 0.5, 0.5, 0.1, 0.5], {feeBps: 10});
    // Bought 5 at 100 (the third open), sold at 104 (the sixth): 20 less 0.5 and 0.52 of fees.
    expect(record.trades).toEqual([
      {
        ...{symbol: 'BTC/USDT', side: 'long', openedAtMs: at(2), closedAtMs: at(5), holdingMs: 3 * 300_000},
        ...{quantityBase: '5', averageEntryPrice: '100', averageExitPrice: '104'},
        ...{grossPnlQuote: '20', feesQuote: '1.02', pnlQuote: '18.98', returnOnEntry: 0.03796},
        ...{entryReason: 'open-buy', exitReason: 'close-sell'},
      },
    ]);
    expect(record).toMatchObject({
      ...{
        warmUpCandles: 1,
        candles: 5,
        decisions: 5,
        orders: 2,
        firstDecisionMs: at(1),
        lastDecisionMs: at(5),
      },
      ...{signals: {buy: 1, sell: 1, neutral: 3}, refusals: {}, unfilledOrders: {}},
    });
    const {equity, held, probabilities, opens, closes, openTimesMs} = record.columns;
    expect([...held]).toEqual([0, 1, 1, 1, 0]);
    expect([...equity].map((one) => Number(one.toFixed(9)))).toEqual([1000, 1009.5, 1019.5, 1019.5, 1018.98]);
    expect([...probabilities]).toEqual([0.9, 0.5, 0.5, 0.1, 0.5]);
    expect([...openTimesMs]).toEqual([1, 2, 3, 4, 5].map(at));
    expect([...opens]).toEqual(candles.slice(1).map(({open}) => open));
    expect([...closes]).toEqual(candles.slice(1).map(({close}) => close));
    expect(
      record.fills.map(({notionalQuote, feeQuote}) => [notionalQuote.toFixed(), feeQuote.toFixed()]),
    ).toEqual([
      ['500', '0.5'],
      ['520', '0.52'],
    ]);
  });

  it('marks as the ledger does, to the last bits', async () => {
    const prices = Array.from({length: 200}, (_, i) => 100 + Math.sin(i) + i / 30);
    const p = prices.map((_, i) => (Math.sin(i * 1.7) > 0 ? 0.9 : 0.1));
    const {record, strategy} = await traded(candlesOf(prices), p, {feeBps: 7, slippageBps: 3});
    expect(record.trades.length).toBeGreaterThan(20);
    expect(record.trades).toHaveLength(strategy.ledger.trades.length);
    const last = record.columns.equity.at(-1)!;
    expect(Math.abs(last - strategy.ledger.view().equityQuote.toNumber())).toBeLessThan(1e-9);
    const fees = record.fills.reduce((sum, {feeQuote}) => sum.plus(feeQuote), new Decimal(0));
    expect(fees.toFixed()).toBe(strategy.ledger.view().feesPaidQuote.toFixed());
  });

  it('names the exit rule that closed, and the order that turned a position round', async () => {
    const stopped = await traded(candlesOf([100, 100, 100, 90, 90, 90]), [0.9, 0.5, 0.5, 0.5, 0.5], {
      exits: {stopLoss: 0.05},
    });
    expect(stopped.record.trades.map(({entryReason, exitReason}) => [entryReason, exitReason])).toEqual([
      ['open-buy', 'stop-loss'],
    ]);
    const short = await traded(candlesOf([100, 100, 100, 90, 90, 90, 90]), [0.1, 0.5, 0.5, 0.9, 0.5, 0.5], {
      allowShorts: true,
    });
    expect(short.record.trades).toMatchObject([
      {side: 'short', entryReason: 'open-sell', exitReason: 'close-buy', pnlQuote: '50'},
    ]);
  });

  it('counts what the risk audit refused and what a venue did not fill', async () => {
    const refused = await traded(candlesOf([100, 100, 100, 100, 100]), [0.9, 0.1, 0.9, 0.5], {
      limits: {minConfidence: 0.95},
    });
    expect(refused.record).toMatchObject({refusals: {CONFIDENCE_TOO_LOW: 2}, orders: 0, trades: []});
    const thin = await traded(candlesOf(Array<number>(12).fill(100), 0), [
      0.9,
      ...Array<number>(10).fill(0.5),
    ]);
    expect(thin.record).toMatchObject({orders: 1, unfilledOrders: {'not filled in time': 1}, fills: []});
  });

  it('counts for nothing what came before the first decision, and a candle without a forecast behind it as one', async () => {
    const {record, pauses} = await traded(candlesOf([100, 101, 102, 103, 104, 105]), [
      NaN,
      NaN,
      0.5,
      NaN,
      0.5,
    ]);
    expect(record).toMatchObject({warmUpCandles: 2, candles: 3, decisions: 2});
    expect([...record.columns.probabilities]).toEqual([0.5, NaN, 0.5]);
    expect(pauses).toEqual([2, 4]);
    const none = await traded(candlesOf([100, 101, 102]), [NaN, NaN]);
    expect(none.record).toMatchObject({warmUpCandles: 2, candles: 0, firstDecisionMs: null});
    expect(none.record.columns.equity).toHaveLength(0);
  });
});
