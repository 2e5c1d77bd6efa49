/** What an equity curve is worth. Ratios are null where nothing moved: a deviation of 0 divides nothing. */
export interface Performance {
  /** Steps of the curve. */
  readonly candles: number;
  /** Last equity over the first, less 1: a fraction. */
  readonly totalReturn: number;
  /** The same rate kept up for 365 days: (1 + total)^(year / length) - 1. */
  readonly annualisedReturn: number;
  /** Sample deviation of the returns a candle, times sqrt(candles a year). */
  readonly annualisedVolatility: number;
  /** Mean return over its deviation, times sqrt(candles a year); the risk-free rate is 0. */
  readonly sharpe: number | null;
  /** Mean return over the root mean square of the negative ones (0 for the others), times sqrt(candles a year). */
  readonly sortino: number | null;
  /** Largest fall from a peak, a fraction of it. */
  readonly maxDrawdown: number;
}

const YEAR_MS = 365 * 86_400_000;

/** Measures an equity curve that has one value a candle. A crypto market never closes: a year has 365 days.
 *  @param equity shape [N + 1], quote: at the start, then at every candle's close; all above 0
 *  @throws RangeError for fewer than two values, or one that is not above 0
 *  source: Sharpe, The Sharpe Ratio (1994); Sortino and Price, Performance Measurement in a Downside Risk Framework (1994) */
export function performanceOf(equity: ArrayLike<number>, timeframeMs: number): Performance {
  const candles = equity.length - 1;
  if (candles < 1) throw new RangeError('a performance needs two values of equity at least');
  let [peak, maxDrawdown, sum] = [0, 0, 0];
  const returns = new Float64Array(candles);
  for (let i = 0; i <= candles; i++) {
    const value = equity[i]!;
    if (!(value > 0)) throw new RangeError(`equity was "${String(value)}" at ${String(i)}, want more than 0`);
    peak = Math.max(peak, value);
    maxDrawdown = Math.max(maxDrawdown, 1 - value / peak);
    if (i === 0) continue;
    returns[i - 1] = value / equity[i - 1]! - 1;
    sum += returns[i - 1]!;
  }
  const mean = sum / candles;
  const perYear = YEAR_MS / timeframeMs;
  const squares = returns.reduce((total, one) => total + (one - mean) ** 2, 0);
  const deviation = candles > 1 ? Math.sqrt(squares / (candles - 1)) : 0;
  const downside = Math.sqrt(returns.reduce((total, one) => total + Math.min(one, 0) ** 2, 0) / candles);
  const totalReturn = equity[candles]! / equity[0]! - 1;
  return {
    candles,
    totalReturn,
    annualisedReturn: (1 + totalReturn) ** (perYear / candles) - 1,
    annualisedVolatility: deviation * Math.sqrt(perYear),
    sharpe: deviation > 0 ? (mean / deviation) * Math.sqrt(perYear) : null,
    sortino: downside > 0 ? (mean / downside) * Math.sqrt(perYear) : null,
    maxDrawdown,
  };
}
