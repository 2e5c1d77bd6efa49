/** The deepest fall of an equity curve. */
export interface DrawdownSpan {
  readonly peakMs: number;
  readonly troughMs: number;
  /** First time back at the peak; null where it never was. */
  readonly recoveredMs: number | null;
  /** From the peak to the recovery, or to the end of the curve. */
  readonly lengthMs: number;
}

/** How an equity curve lies below its peaks. */
export interface Drawdowns {
  /** shape [N]; 1 - equity / highest equity so far, a fraction. */
  readonly curve: Float64Array;
  /** Null where equity never fell. Of two equally deep ones the first. */
  readonly deepest: DrawdownSpan | null;
  /** Longest time from a peak until equity was back at it, or to the end of the curve. */
  readonly longestMs: number;
}

/** Finds the drawdowns of an equity curve. A stretch at the peak's own height is none: the peak is the last time at it.
 *  @param equity shape [N], quote; all above 0
 *  @param timesMs shape [N], ascending
 *  source: Magdon-Ismail and Atiya, Maximum Drawdown (2004) */
export function drawdownsOf(equity: ArrayLike<number>, timesMs: ArrayLike<number>): Drawdowns {
  const curve = new Float64Array(equity.length);
  let peak = 0;
  let [peakMs, longestMs, depth, depthOfAll] = [0, 0, 0, 0];
  let deepest: {peakMs: number; troughMs: number; recoveredMs: number | null} | null = null;
  for (let i = 0; i < equity.length; i++) {
    const timeMs = timesMs[i]!;
    if (equity[i]! >= peak) {
      if (depth > 0) {
        longestMs = Math.max(longestMs, timeMs - peakMs);
        if (deepest?.peakMs === peakMs) deepest.recoveredMs = timeMs;
      }
      [peak, peakMs, depth] = [equity[i]!, timeMs, 0];
      continue;
    }
    depth = 1 - equity[i]! / peak;
    curve[i] = depth;
    if (depth <= depthOfAll) continue;
    depthOfAll = depth;
    deepest = {peakMs, troughMs: timeMs, recoveredMs: null};
  }
  const endMs = timesMs[equity.length - 1] ?? 0;
  if (depth > 0) longestMs = Math.max(longestMs, endMs - peakMs);
  return {
    curve,
    deepest:
      deepest === null ? null : {...deepest, lengthMs: (deepest.recoveredMs ?? endMs) - deepest.peakMs},
    longestMs,
  };
}
