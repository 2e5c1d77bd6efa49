/** What is bought and held beside a strategy. */
export interface HeldPosition {
  readonly startingCashQuote: number;
  /** Largest notional of a position, quote. */
  readonly maxNotionalQuote: number;
  readonly feeBps: number;
  readonly slippageBps: number;
}

/** Equity of an account that buys one position as large as the strategy's may be and never sells: decided at the first close, so
 *  bought at the second open, with slippage and fee. Not rounded to lots.
 *  @param opens shape [N], quote per base
 *  @param closes shape [N]
 *  @returns shape [N + 1], quote: at the start, then at every close */
export function buyAndHoldEquity(
  opens: ArrayLike<number>,
  closes: ArrayLike<number>,
  {startingCashQuote, maxNotionalQuote, feeBps, slippageBps}: HeldPosition,
): Float64Array {
  const equity = new Float64Array(closes.length + 1).fill(startingCashQuote);
  if (closes.length < 2) return equity;
  const fee = feeBps / 10_000;
  const notional = Math.min(maxNotionalQuote, startingCashQuote / (1 + fee));
  const base = notional / (opens[1]! * (1 + slippageBps / 10_000));
  const cash = startingCashQuote - notional * (1 + fee);
  for (let i = 1; i < closes.length; i++) equity[i + 1] = cash + base * closes[i]!;
  return equity;
}
