import type {Candle} from '../domain/candle.js';
import type {Timeframe} from '../domain/timeframe.js';

const WEEK_MS = 604_800_000;
/** 1970-01-05, a Monday: exchanges open weekly candles on Mondays, the epoch was a Thursday. */
const FIRST_MONDAY_MS = 345_600_000;
/** The year 5138: a larger count is not in milliseconds. */
const MAX_TIME_MS = 1e14;

/** One broken rule: which field, the value it had, and what would be right. */
export interface CandleFault {
  readonly field: 'timestamp' | 'open' | 'high' | 'low' | 'close' | 'volume';
  readonly was: string;
  readonly want: string;
}

/** Checks the values of one candle by the rules of `Candle`, the grid aside; NaN breaks every rule that it meets.
 *  @returns the first fault, or `undefined` for a sound candle */
export function findCandleFault(candle: Candle): CandleFault | undefined {
  const {openTimeMs, open, high, low, close, volume} = candle;
  if (
    Number.isInteger(openTimeMs)
    && openTimeMs >= 0
    && openTimeMs < MAX_TIME_MS
    && low > 0
    && low <= open
    && low <= close
    && high >= open
    && high >= close
    && high < Infinity
    && volume >= 0
    && volume < Infinity
  ) {
    return undefined;
  }
  return nameCandleFault(candle);
}

function nameCandleFault({openTimeMs, open, high, low, close, volume}: Candle): CandleFault {
  if (!(Number.isInteger(openTimeMs) && openTimeMs >= 0)) {
    return {field: 'timestamp', was: String(openTimeMs), want: 'ms since 1970 in UTC, a whole number'};
  }
  if (!(openTimeMs < MAX_TIME_MS)) {
    return {field: 'timestamp', was: String(openTimeMs), want: 'milliseconds; it looks like microseconds'};
  }
  for (const [field, price] of Object.entries({open, high, low, close}) as ['open', number][]) {
    if (!(price > 0 && price < Infinity)) {
      return {field, was: String(price), want: 'a finite price above 0'};
    }
  }
  if (!(volume >= 0 && volume < Infinity)) {
    return {field: 'volume', was: String(volume), want: 'a finite volume of 0 or more'};
  }
  if (!(high >= Math.max(open, close, low))) {
    const want = `at least the highest of open, close and low, ${String(Math.max(open, close, low))}`;
    return {field: 'high', was: String(high), want};
  }
  const want = `at most the lowest of open and close, ${String(Math.min(open, close))}`;
  return {field: 'low', was: String(low), want};
}

/** The open time of the candle of the timeframe that a moment lies in, ms: a multiple of its length since the epoch, and for
 *  whole weeks since the first Monday of 1970. */
export function floorToGrid(timeMs: number, timeframe: Timeframe): number {
  const origin = timeframe.ms % WEEK_MS === 0 ? FIRST_MONDAY_MS : 0;
  return origin + Math.floor((timeMs - origin) / timeframe.ms) * timeframe.ms;
}

/** True where a candle of the timeframe can open at that time. */
export function isOnGrid(openTimeMs: number, timeframe: Timeframe): boolean {
  return floorToGrid(openTimeMs, timeframe) === openTimeMs;
}

/** The first value in which two candles of the same time differ, in words; undefined where they agree. */
export function candleDifference(one: Candle, other: Candle): string | undefined {
  for (const field of ['open', 'high', 'low', 'close', 'volume'] as const) {
    if (one[field] === other[field]) continue;
    return `${field} "${String(one[field])}" and "${String(other[field])}"`;
  }
  return undefined;
}
