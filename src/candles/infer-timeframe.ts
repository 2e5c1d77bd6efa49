import {timeframeOfMs} from '../domain/timeframe.js';
import type {Timeframe} from '../domain/timeframe.js';
import {isOnGrid} from './check-candle.js';

const MINUTE_MS = 60_000;

/** The timeframe of candles that open at these times: the spacing of most neighbours. Where no spacing has a majority (a
 *  market that often does not trade), the one whose grid holds most of the times, the smaller of equals; `wanted` if it is
 *  one of them. Times that repeat or go back say nothing.
 *  @returns `undefined` where fewer than two times differ
 *  @throws CANDLES_INVALID for spacings of no whole number of seconds */
export function inferTimeframe(openTimesMs: readonly number[], wanted?: Timeframe): Timeframe | undefined {
  const counts = new Map<number, number>();
  let spacings = 0;
  for (let i = 1; i < openTimesMs.length; i++) {
    const spacing = openTimesMs[i]! - openTimesMs[i - 1]!;
    if (!(spacing > 0)) continue;
    counts.set(spacing, (counts.get(spacing) ?? 0) + 1);
    spacings += 1;
  }
  if (spacings === 0) return undefined;
  const majority = [...counts].find(([, count]) => count * 2 > spacings);
  if (majority !== undefined) return timeframeOfMs(majority[0]);
  if (wanted !== undefined && counts.has(wanted.ms)) return wanted;
  return bestGrid([...counts.keys()], openTimesMs);
}

function bestGrid(spacings: readonly number[], openTimesMs: readonly number[]): Timeframe {
  const ascending = [...spacings].sort((a, b) => a - b);
  const candidates = ascending.filter((spacing) => spacing % MINUTE_MS === 0).map(timeframeOfMs);
  let best = candidates[0] ?? timeframeOfMs(ascending[0]!);
  let most = 0;
  for (const candidate of candidates) {
    const held = openTimesMs.filter((timeMs) => isOnGrid(timeMs, candidate)).length;
    if (held > most) {
      best = candidate;
      most = held;
    }
  }
  return best;
}
