import type {Candle} from '../domain/candle.js';
import {isDecimalText} from '../domain/decimal-text.js';
import {DlTradeError} from '../domain/errors.js';
import {parseTimeText} from '../domain/time-text.js';

/** The columns of a candle file, in the order in which they are written. */
export const CANDLE_COLUMNS = ['timestamp', 'open', 'high', 'low', 'close', 'volume'] as const;

export type CandleColumn = (typeof CANDLE_COLUMNS)[number];

/** One row as a file has it: text from CSV; numbers, bigints and dates from Parquet. */
export interface RawRow {
  /** Line of a CSV file, row of a Parquet file, from 1. */
  readonly number: number;
  /** In the order of `CANDLE_COLUMNS`. */
  readonly cells: readonly unknown[];
}

const LONGEST_QUOTE = 40;

/** Turns a row into numbers; whether they make a sound candle is `CandleSequencer`'s to say.
 *  @param where the row's place, for messages
 *  @throws CANDLES_INVALID for what is no number or no time */
export function parseCandle({cells}: RawRow, where: () => string): Candle {
  return {
    openTimeMs: parseTime(cells[0], where),
    open: parseNumber(cells, 1, where),
    high: parseNumber(cells, 2, where),
    low: parseNumber(cells, 3, where),
    close: parseNumber(cells, 4, where),
    volume: parseNumber(cells, 5, where),
  };
}

function parseNumber(cells: readonly unknown[], column: number, where: () => string): number {
  const cell = cells[column];
  if (typeof cell === 'string') {
    const value = Number(cell);
    if (Number.isFinite(value) && isDecimalText(cell, value)) return value;
  } else if (typeof cell === 'number') {
    if (Number.isFinite(cell)) return cell;
  } else if (typeof cell === 'bigint') {
    return Number(cell);
  }
  throw unparsed(where, CANDLE_COLUMNS[column]!, cell, 'a finite number');
}

function parseTime(cell: unknown, where: () => string): number {
  if (typeof cell === 'string') {
    const parsed = parseTimeText(cell);
    if (parsed !== undefined) return parsed;
  } else if (typeof cell === 'number') {
    if (Number.isInteger(cell)) return cell;
  } else if (typeof cell === 'bigint') {
    return Number(cell);
  } else if (cell instanceof Date && Number.isInteger(cell.getTime())) {
    return cell.getTime();
  }
  throw unparsed(where, 'timestamp', cell, 'ms since 1970 in UTC or ISO 8601 such as 2024-01-31T12:00:00Z');
}

function unparsed(where: () => string, column: CandleColumn, cell: unknown, want: string): DlTradeError {
  const was = quoteCell(cell);
  return new DlTradeError(
    'CANDLES_INVALID',
    `${where()}: ${column} was "${was}", want ${want}; correct or remove the row`,
    {details: {where: where(), column, was}},
  );
}

/** A cell as it can stand in one line of a message: short, and without control characters. */
export function quoteCell(cell: unknown): string {
  const text = spell(cell);
  const short = text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}...` : text;
  return short.replace(/[\u0000-\u001f\u007f-\u009f\ufffd]/g, '?');
}

function spell(cell: unknown): string {
  if (typeof cell === 'string') return cell;
  if (typeof cell === 'number' || typeof cell === 'bigint' || typeof cell === 'boolean') return String(cell);
  if (cell instanceof Date) return String(cell);
  return cell === null || cell === undefined ? '' : 'a nested value';
}
