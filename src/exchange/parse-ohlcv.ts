import {z} from 'zod';
import {candleDifference, findCandleFault, isOnGrid} from '../candles/check-candle.js';
import {timeText} from '../candles/sequence-candles.js';
import type {Candle} from '../domain/candle.js';
import type {Timeframe} from '../domain/timeframe.js';

/** Time and five numbers; some exchanges append more. */
const ROW = z
  .tuple([z.number(), z.number(), z.number(), z.number(), z.number(), z.number()])
  .rest(z.unknown());

/** A page may come so long after its source was opened. */
const LONGEST_FETCH_MS = 30 * 86_400_000;

/** Candles as an exchange gave them, or the first thing that is wrong with them. */
export type ParsedRows =
  {readonly ok: true; readonly candles: readonly Candle[]} | {readonly ok: false; readonly fault: string};

/** Checks rows of ccxt one by one and turns them into candles in time order; rows of the same time with the same values become
 *  one. What is still open may repaint, so rows from `openFromMs` on are left out first.
 *  @param openFromMs open time of the candle that has not closed yet */
export function parseOhlcv(rows: unknown, timeframe: Timeframe, openFromMs: number): ParsedRows {
  if (!Array.isArray(rows)) return {ok: false, fault: `the candles were "${String(rows)}", want a list`};
  const byTime = new Map<number, Candle>();
  for (const [index, row] of rows.entries()) {
    if (isOpen(row, openFromMs)) continue;
    const parsed = parseRow(row, timeframe, openFromMs);
    if (typeof parsed === 'string')
      return {ok: false, fault: `candle ${index + 1} of ${rows.length}: ${parsed}`};
    const twin = byTime.get(parsed.openTimeMs);
    const difference = twin === undefined ? undefined : candleDifference(twin, parsed);
    if (difference !== undefined) {
      return {
        ok: false,
        fault: `the candle of ${timeText(parsed.openTimeMs)} stands there twice, ${difference}`,
      };
    }
    byTime.set(parsed.openTimeMs, parsed);
  }
  return {ok: true, candles: [...byTime.values()].sort((a, b) => a.openTimeMs - b.openTimeMs)};
}

/** True for a candle that is still open, whose values are nobody's concern; a time far ahead is a fault, not an open candle. */
function isOpen(row: unknown, openFromMs: number): boolean {
  const time: unknown = Array.isArray(row) ? row[0] : undefined;
  return typeof time === 'number' && time >= openFromMs && time < openFromMs + LONGEST_FETCH_MS;
}

function parseRow(row: unknown, timeframe: Timeframe, openFromMs: number): Candle | string {
  const parsed = ROW.safeParse(row);
  if (!parsed.success) {
    const text = JSON.stringify(row) as string | undefined;
    return `the row was ${(text ?? 'missing').slice(0, 100)}, want a time and five numbers`;
  }
  const [openTimeMs, open, high, low, close, volume] = parsed.data;
  const candle = {openTimeMs, open, high, low, close, volume};
  const fault = findCandleFault(candle);
  if (fault !== undefined) return `${fault.field} was "${fault.was}", want ${fault.want}`;
  if (openTimeMs >= openFromMs) return `timestamp was "${String(openTimeMs)}", which lies in the future`;
  if (!isOnGrid(openTimeMs, timeframe)) {
    return `timestamp was "${timeText(openTimeMs)}", which is not on the ${timeframe.name} grid`;
  }
  return candle;
}
