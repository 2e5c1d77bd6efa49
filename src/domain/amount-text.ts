import type {Decimal} from './decimal.js';

/** An amount of quote, with cents. */
export function money(text: string): string {
  return Number(text).toLocaleString('en-US', {minimumFractionDigits: 2, maximumFractionDigits: 2});
}

/** A price: cents, or six digits below 1. */
export function price(value: number): string {
  return value >= 1 ? money(String(value)) : value.toPrecision(6);
}

export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** A fraction as percent. */
export function percent(fraction: number): string {
  return `${(fraction * 100).toFixed(2)}%`;
}

/** An amount with its sign, with cents. */
export function signed(value: Decimal): string {
  return `${value.isNegative() ? '' : '+'}${value.toFixed(2)}`;
}

/** A moment, UTC: to the minute, or to the second where candles are shorter.
 *  @param timeframeMs length of a candle */
export function moment(timeMs: number, timeframeMs: number): string {
  return timeframeMs < 60_000
    ? new Date(timeMs).toISOString().slice(0, 19).replace('T', ' ')
    : minute(timeMs);
}

/** A moment to the minute, UTC. */
export function minute(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 16).replace('T', ' ');
}
