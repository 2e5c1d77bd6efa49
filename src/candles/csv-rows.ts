import {DlTradeError} from '../domain/errors.js';
import {readLines} from '../files/read-lines.js';
import {CANDLE_COLUMNS, quoteCell} from './parse-candle.js';
import type {RawRow} from './parse-candle.js';

/** The rows of a CSV candle file, in batches: a header names the columns, whose order does not matter; others are ignored.
 *  Split by hand: candle files hold numbers, and a general parser takes three times as long.
 *  @throws FILE_UNREADABLE CANDLES_EMPTY CANDLES_INVALID */
export async function* readCsvRows(
  path: string,
  options: {readonly gzip: boolean; readonly signal?: AbortSignal | undefined},
): AsyncGenerator<RawRow[], void, undefined> {
  let header: CsvHeader | undefined;
  let number = 0;
  for await (const lines of readLines(path, options)) {
    const rows: RawRow[] = [];
    for (const line of lines) {
      number += 1;
      if (header === undefined) {
        header = parseHeader(path, line);
      } else if (line !== '') {
        rows.push({number, cells: pickCells(header, line, `${path} line ${String(number)}`)});
      }
    }
    yield rows;
  }
  if (header === undefined) throw emptyFile(path);
}

/** @returns CANDLES_EMPTY for a file of no bytes */
export function emptyFile(path: string): DlTradeError {
  return new DlTradeError('CANDLES_EMPTY', `"${path}" is empty; want a header and candles`, {
    details: {path},
  });
}

interface CsvHeader {
  readonly width: number;
  /** Where each of `CANDLE_COLUMNS` stands. */
  readonly positions: readonly number[];
  /** True for exactly the six columns in order, so that the cells need no picking. */
  readonly plain: boolean;
}

function parseHeader(path: string, line: string): CsvHeader {
  const names = splitLine(line).map((name) => name.trim().toLowerCase());
  const missing = CANDLE_COLUMNS.filter((column) => !names.includes(column));
  const twice = CANDLE_COLUMNS.find((column) => names.indexOf(column) !== names.lastIndexOf(column));
  if (missing.length > 0 || twice !== undefined) {
    const what =
      twice === undefined ? `has no column ${missing.join(', ')}` : `has the column ${twice} twice`;
    throw new DlTradeError(
      'CANDLES_INVALID',
      `${path} line 1: the header was "${quoteCell(line)}", which ${what}; want ${CANDLE_COLUMNS.join(',')}`,
      {details: {path, missing}},
    );
  }
  const positions = CANDLE_COLUMNS.map((column) => names.indexOf(column));
  const plain = names.length === CANDLE_COLUMNS.length && positions.every((position, i) => position === i);
  return {width: names.length, positions, plain};
}

function pickCells(header: CsvHeader, line: string, where: string): readonly string[] {
  const cells = splitLine(line);
  if (cells.length !== header.width) {
    throw new DlTradeError(
      'CANDLES_INVALID',
      `${where}: the row was "${quoteCell(line)}", with ${String(cells.length)} columns where the header has`
        + ` ${String(header.width)}; correct or remove the row, or fetch the file again if it is cut off`,
      {details: {where, columns: cells.length}},
    );
  }
  return header.plain ? cells : header.positions.map((position) => cells[position]!);
}

function splitLine(line: string): string[] {
  return line.includes('"') ? splitQuoted(line) : line.split(',');
}

/** Cells in quotes may hold commas, and quotes as two. */
function splitQuoted(line: string): string[] {
  const cells: string[] = [];
  let cell = '';
  let quoted = false;
  for (let i = 0; i < line.length; i++) {
    const character = line[i]!;
    if (character === '"') {
      if (quoted && line[i + 1] === '"') {
        cell += '"';
        i += 1;
      } else {
        quoted = !quoted;
      }
    } else if (character === ',' && !quoted) {
      cells.push(cell);
      cell = '';
    } else {
      cell += character;
    }
  }
  cells.push(cell);
  return cells;
}
