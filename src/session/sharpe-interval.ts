import type {BacktestTrade, CurvePerformance} from '../report/backtest-report.js';
import {percentileInterval, resampledSums} from '../training/metrics/block-bootstrap.js';

const CONFIDENCE = 0.95;
const RESAMPLES = 2000;
/** Fewer blocks than this are hardly resampled. */
const FEWEST_BLOCKS = 20;
const YEAR_MS = 365 * 86_400_000;

export interface SharpeIntervalOptions {
  readonly timeframeMs: number;
  readonly seed: number;
  /** Candles that a forecast looks ahead. */
  readonly horizon: number;
  /** What the returns come from: a block is at least twice as long as one is held on average. */
  readonly trades: readonly Pick<BacktestTrade, 'holdingMs'>[];
}

/** Bounds the Sharpe ratio of some returns by resampling them in blocks, which keep together what belongs together: a holding time, calm
 *  and wild stretches. The percentile interval; a resample in which nothing moved counts as 0.
 *  @param returns shape [N], a candle each
 *  @returns null for fewer than 40 returns
 *  source: Politis and Romano, A Circular Block-Resampling Procedure for Stationary Data (1992); Ledoit and Wolf, Robust Performance
 *  Hypothesis Testing with the Sharpe Ratio (2008), on why blocks */
export function sharpeInterval(
  returns: Float64Array,
  {timeframeMs, seed, horizon, trades}: SharpeIntervalOptions,
): CurvePerformance['sharpeInterval'] {
  const count = returns.length;
  const longest = Math.floor(count / FEWEST_BLOCKS);
  if (longest < 2) return null;
  const meanHolding =
    trades.length === 0
      ? 0
      : trades.reduce((sum, {holdingMs}) => sum + holdingMs, 0) / trades.length / timeframeMs;
  const wanted = Math.max(Math.ceil(Math.cbrt(count)), 2 * horizon, Math.ceil(2 * meanHolding));
  const blockCandles = Math.min(longest, wanted);
  const squares = returns.map((one) => one * one);
  const perYear = Math.sqrt(YEAR_MS / timeframeMs);
  const drawn = new Float64Array(RESAMPLES);
  let r = 0;
  for (const [sum, sumOfSquares] of resampledSums([returns, squares], {
    block: blockCandles,
    resamples: RESAMPLES,
    seed,
  })) {
    const mean = sum! / count;
    const variance = (sumOfSquares! - count * mean * mean) / (count - 1);
    drawn[r++] = variance > 0 ? (mean / Math.sqrt(variance)) * perYear : 0;
  }
  return {
    ...percentileInterval(drawn, CONFIDENCE),
    confidence: CONFIDENCE,
    resamples: RESAMPLES,
    blockCandles,
  };
}
