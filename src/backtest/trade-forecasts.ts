import type {Candle} from '../domain/candle.js';
import {Decimal} from '../domain/decimal.js';
import type {MarketRules} from '../domain/market-rules.js';
import type {Timeframe} from '../domain/timeframe.js';
import {DeepLearningStrategy} from '../engine/deep-learning-strategy.js';
import {PaperBroker} from '../execution/paper-broker.js';
import type {ForecastBatch} from '../model/predict-history.js';
import type {Model} from '../model/model-persistence.js';
import {performanceOf} from '../report/performance.js';
import type {Performance} from '../report/performance.js';
import {GivenForecasts} from './given-forecasts.js';

export interface TradeForecastsOptions {
  readonly rules: MarketRules;
  readonly timeframe: Timeframe;
  /** Buy above it, sell below 1 - it; the manifest's unless said otherwise. */
  readonly threshold?: number;
  /** Cost of a fill in basis points; 10 and 2 unless said otherwise. */
  readonly feeBps?: number;
  readonly slippageBps?: number;
  /** 10,000 unless said otherwise. */
  readonly startingCashQuote?: Decimal;
  /** 1,000 unless said otherwise. */
  readonly maxNotionalQuote?: Decimal;
}

/** What came of trading some forecasts, after costs. */
export interface TradedForecasts {
  readonly performance: Performance;
  /** Of holding one position of the same size from the first candle to the last, before costs. */
  readonly buyAndHold: Performance;
  readonly fills: number;
  /** Round trips that were closed. */
  readonly trades: number;
  /** Exact decimal, quote. */
  readonly feesPaidQuote: string;
  /** shape [N + 1], quote: at the start, then at every candle's close. */
  readonly equity: Float64Array;
}

/** Trades given forecasts through the engine that paper and live runs use: the same decisions, risk audit, orders and ledger;
 *  orders fill at the next candle's open with fee and slippage.
 *  @param candles in time order; those without a forecast are marked, not decided
 *  @throws CONFIG_INVALID, and RangeError for no candle */
export async function tradeForecasts(
  model: Model,
  candles: readonly Candle[],
  forecasts: ForecastBatch,
  options: TradeForecastsOptions,
): Promise<TradedForecasts> {
  const {rules, timeframe, threshold, feeBps = 10, slippageBps = 2} = options;
  const startingCashQuote = options.startingCashQuote ?? new Decimal(10_000);
  const maxNotionalQuote = options.maxNotionalQuote ?? new Decimal(1_000);
  const costs = {feeBps, slippageBps};
  const given = new GivenForecasts(forecasts, model.name);
  const strategy = new DeepLearningStrategy({
    ...{
      strategyId: `backtest-${model.name}`,
      model,
      rules,
      timeframe,
      startingCashQuote,
      maxNotionalQuote,
      ...costs,
    },
    ...(threshold === undefined ? {} : {threshold}),
    broker: new PaperBroker({rules, timeframeMs: timeframe.ms, startingQuote: startingCashQuote, ...costs}),
    forecaster: {features: given, predictor: given},
  });

  const start = startingCashQuote.toNumber();
  const equity = new Float64Array(candles.length + 1).fill(start);
  let fills = 0;
  for (const [i, candle] of candles.entries()) {
    for (const {kind} of await strategy.onCandle(candle)) if (kind === 'fill') fills += 1;
    equity[i + 1] = strategy.ledger.view().equityQuote.toNumber();
  }
  const first = candles[0]?.close ?? NaN;
  const notional = Math.min(start, maxNotionalQuote.toNumber());
  const held = equity.map(
    (_, i) => start + notional * ((candles[Math.max(0, i - 1)]?.close ?? NaN) / first - 1),
  );
  const {feesPaidQuote} = strategy.ledger.view();
  return {
    performance: performanceOf(equity, timeframe.ms),
    buyAndHold: performanceOf(held, timeframe.ms),
    fills,
    trades: strategy.ledger.trades.length,
    feesPaidQuote: feesPaidQuote.toFixed(),
    equity,
  };
}
