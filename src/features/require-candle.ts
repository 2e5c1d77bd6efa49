import type {Candle} from '../domain/candle.js';
import {DlTradeError} from '../domain/errors.js';

/** Prices beyond this range are no prices: their squares and fourth powers would leave the range of a double. */
const SMALLEST_PRICE = 1e-30;
const LARGEST_PRICE = 1e30;
const LARGEST_VOLUME = 1e30;

/** The last moment that a Date can hold. */
const LATEST_TIME_MS = 8.64e15;

/** Refuses a candle that would poison every window it enters.
 *  @param candle prices within 1e-30..1e30, volume within 0..1e30, low <= open, close <= high
 *  @param previous what holds the open time of the candle before, -Infinity where there is none
 *  @throws CANDLES_INVALID naming the field and its value */
export function requireCandle(candle: Candle, previous: {readonly openTimeMs: number}): void {
  const {openTimeMs, open, high, low, close, volume} = candle;
  // Each asked as "is it surely fine?", so that NaN is refused; and asked in place, because a double that is passed to a
  // function is allocated on the heap.
  if (!(
    openTimeMs === Math.floor(openTimeMs)
    && openTimeMs > previous.openTimeMs
    && Math.abs(openTimeMs) <= LATEST_TIME_MS
  )) {
    throw invalid(candle, 'openTimeMs', `a whole number of ms after ${previous.openTimeMs}`);
  }
  if (!(open >= SMALLEST_PRICE && open <= LARGEST_PRICE)) throw invalid(candle, 'open', PRICE_WANTED);
  if (!(high >= SMALLEST_PRICE && high <= LARGEST_PRICE)) throw invalid(candle, 'high', PRICE_WANTED);
  if (!(low >= SMALLEST_PRICE && low <= LARGEST_PRICE)) throw invalid(candle, 'low', PRICE_WANTED);
  if (!(close >= SMALLEST_PRICE && close <= LARGEST_PRICE)) throw invalid(candle, 'close', PRICE_WANTED);
  if (!(volume >= 0 && volume <= LARGEST_VOLUME)) {
    throw invalid(candle, 'volume', `a number from 0 to ${LARGEST_VOLUME}`);
  }
  if (!(high >= open && high >= close && high >= low)) {
    throw invalid(candle, 'high', 'at least open, close and low');
  }
  if (!(low <= open && low <= close)) {
    throw invalid(candle, 'low', 'at most open and close');
  }
}

const PRICE_WANTED = `a price from ${SMALLEST_PRICE} to ${LARGEST_PRICE}`;

function invalid(
  candle: Candle,
  field: 'openTimeMs' | 'open' | 'high' | 'low' | 'close' | 'volume',
  wanted: string,
): DlTradeError {
  const value = candle[field];
  return new DlTradeError(
    'CANDLES_INVALID',
    `candle at open time ${candle.openTimeMs}: ${field} was "${String(value)}", want ${wanted}`,
    {details: {...candle, field, value}},
  );
}
