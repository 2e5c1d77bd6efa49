/** Widths of the windows that averages, deviations and extremes share. */
export const SPANS = [5, 10, 20, 50] as const;

/** Where the window of 20 and of 50 stand among `SPANS`. */
export const OVER_20 = 2;
export const OVER_50 = 3;

/** The series that are looked at; `series[head - k]` is the value k candles earlier. */
interface Series {
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
  readonly head: number;
}

/** Sums and extremes over windows of 5, 10, 20 and 50 candles in ONE pass from the newest candle backwards, anew for
 *  every candle: a running sum would drift and remember what lies before its window.
 *  Closes are measured from the newest close, which is a member of every window: then a flat window has deviation
 *  exactly 0, and the sum of squares is at most w times the sum about the mean, so that their difference loses at
 *  most log10(50) digits, whatever the level of the prices. */
export class NestedWindows {
  /** mean_w(c) over each of `SPANS`. */
  readonly mean = new Float64Array(SPANS.length);
  /** c - mean_w(c). */
  readonly aboveMean = new Float64Array(SPANS.length);
  /** sum_w((c - mean_w(c))^2). */
  readonly squares = new Float64Array(SPANS.length);
  /** sum_w(v). */
  readonly volume = new Float64Array(SPANS.length);
  /** max_w(h). */
  readonly highest = new Float64Array(SPANS.length);
  /** min_w(l). */
  readonly lowest = new Float64Array(SPANS.length);

  update({high, low, close, volume, head}: Series): void {
    const newest = close[head]!;
    let sum = 0;
    let squares = 0;
    let traded = volume[head]!;
    let highest = high[head]!;
    let lowest = low[head]!;
    let at = head - 1;
    for (let span = 0; span < SPANS.length; span++) {
      const width = SPANS[span]!;
      for (const end = head - width; at > end; at--) {
        const difference = close[at]! - newest;
        sum += difference;
        squares += difference * difference;
        traded += volume[at]!;
        const top = high[at]!;
        const bottom = low[at]!;
        if (top > highest) highest = top;
        if (bottom < lowest) lowest = bottom;
      }
      const offset = sum / width;
      this.mean[span] = newest + offset;
      this.aboveMean[span] = -offset;
      this.squares[span] = Math.max(0, squares - sum * offset);
      this.volume[span] = traded;
      this.highest[span] = highest;
      this.lowest[span] = lowest;
    }
  }
}
