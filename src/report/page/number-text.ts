import {count, money, percent} from '../../domain/amount-text.js';

/** How numbers look on the page, in its tables and in what the browser adds; amounts, prices and times are those of the command line. */

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** What stands where there is no number. */
export const NONE = '–';

/** @param text how the value looks where there is one */
export function optional<T>(value: T | null, text: (value: T) => string): string {
  return value === null ? NONE : text(value);
}

/** A ratio such as Sharpe's: two digits. */
export function ratio(value: number): string {
  return value.toFixed(2);
}

/** A fraction as percent, to a tenth: of shares, where more digits say nothing. */
export function share(fraction: number): string {
  return `${(fraction * 100).toFixed(1)}%`;
}

/** A probability or what is measured in its unit. */
export function probability(value: number): string {
  return value.toFixed(3);
}

/** A gain or a loss as percent, with its sign. */
export function signedPercent(fraction: number): string {
  return `${fraction > 0 ? '+' : ''}${percent(fraction)}`;
}

/** A gain or a loss in quote, with its sign and cents. */
export function signedMoney(value: number): string {
  return `${value > 0 ? '+' : ''}${money(String(value))}`;
}

/** A length of time in its two largest units, days the largest: `12 d 6 h`, `45 min`. */
export function duration(ms: number): string {
  if (ms < MINUTE_MS) return `${count(ms / 1000)} s`;
  const minutes = Math.round(ms / MINUTE_MS);
  if (minutes < 60) return `${String(minutes)} min`;
  if (ms < DAY_MS) return parts(minutes, 60, 'h', 'min');
  const hours = Math.round(ms / HOUR_MS);
  return hours < 100 * 24 ? parts(hours, 24, 'd', 'h') : `${count(hours / 24)} d`;
}

function parts(small: number, size: number, large: string, unit: string): string {
  const rest = small % size;
  return `${String(Math.floor(small / size))} ${large}${rest === 0 ? '' : ` ${String(rest)} ${unit}`}`;
}
