import {isDecimalText} from './decimal-text.js';

/** Further away no `Date` is. */
const LAST_MS = 8.64e15;
const ISO_8601 = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/i;

/** Reads a time as candle files and flags have it: a whole number of ms since 1970, or ISO 8601, UTC where it names no zone.
 *  @returns ms; undefined for anything else */
export function parseTimeText(text: string): number | undefined {
  const value = Number(text);
  if (Number.isInteger(value) && isDecimalText(text, value)) {
    return Math.abs(value) <= LAST_MS ? value : undefined;
  }
  return parseIso8601(text.trim());
}

/** A time without a zone is UTC, where `Date.parse` would take the machine's. */
function parseIso8601(text: string): number | undefined {
  const match = ISO_8601.exec(text);
  if (match === null) return undefined;
  const zoned = match[1] === undefined || match[4] !== undefined ? text : `${text}Z`;
  const ms = Date.parse(zoned.replace(' ', 'T'));
  // `2024-02-30` would roll over to March.
  if (!Number.isInteger(ms) || !isCalendarDate(text.slice(0, 10))) return undefined;
  return ms;
}

function isCalendarDate(date: string): boolean {
  const ms = Date.parse(date);
  return Number.isFinite(ms) && new Date(ms).toISOString().startsWith(date);
}
