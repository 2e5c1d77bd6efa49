import type {CurvePerformance} from './backtest-report.js';
import {drawdownsOf} from './drawdowns.js';
import {performanceOf} from './performance.js';

const DAY_MS = 86_400_000;

/** Bounds that the Sharpe ratio of some returns a candle may lie in; null where there is too little to say. */
export type SharpeBounds = (returns: Float64Array) => CurvePerformance['sharpeInterval'];

/** Everything that is said of an equity curve with one value a candle: as `performanceOf`, and drawdowns in time.
 *  Calmar is the annualised return over the largest drawdown, over the whole curve; null where there was no drawdown. A rate for a
 *  year is null for less than a day, and where it is beyond every number.
 *  @param equity shape [N + 1], quote, all above 0
 *  @param timesMs shape [N + 1], ascending
 *  @throws RangeError as `performanceOf`
 *  source: Young, Calmar Ratio: A Smoother Tool (1991), there over 36 months */
export function curvePerformance(
  equity: ArrayLike<number>,
  timesMs: ArrayLike<number>,
  {timeframeMs, bounds}: {readonly timeframeMs: number; readonly bounds: SharpeBounds},
): CurvePerformance {
  const measured = performanceOf(equity, timeframeMs);
  const {deepest, longestMs} = drawdownsOf(equity, timesMs);
  const isLong = measured.candles * timeframeMs >= DAY_MS;
  const annualisedReturn =
    isLong && Number.isFinite(measured.annualisedReturn) ? measured.annualisedReturn : null;
  const {candles, totalReturn, annualisedVolatility, sharpe, sortino, maxDrawdown} = measured;
  return {
    ...{candles, totalReturn, annualisedReturn, annualisedVolatility, sharpe},
    sharpeInterval: sharpe === null ? null : bounds(returnsOf(equity)),
    sortino,
    calmar: annualisedReturn === null || maxDrawdown === 0 ? null : annualisedReturn / maxDrawdown,
    maxDrawdown,
    deepestDrawdown: deepest,
    longestDrawdownMs: longestMs,
  };
}

/** @returns shape [N]; equity over the one before it, less 1 */
export function returnsOf(equity: ArrayLike<number>): Float64Array {
  const returns = new Float64Array(Math.max(0, equity.length - 1));
  for (let i = 0; i < returns.length; i++) returns[i] = equity[i + 1]! / equity[i]! - 1;
  return returns;
}
