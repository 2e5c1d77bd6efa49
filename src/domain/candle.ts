/** One closed candle of one symbol and timeframe. Prices in quote per base, volume in base.
 *  Prices are finite and > 0, `low <= min(open, close)`, `high >= max(open, close)`, `volume >= 0`. */
export interface Candle {
  /** Open time, ms since the epoch, UTC, a multiple of the timeframe. */
  readonly openTimeMs: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  /** True where the source had no candle and a flat one with volume 0 stands in for it:
   *  features go on, no position is opened on it. */
  readonly filled?: boolean;
  /** True on the first candle behind a gap too long to fill: a new segment starts here. */
  readonly afterGap?: boolean;
}
