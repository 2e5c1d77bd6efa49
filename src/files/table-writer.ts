import {AtomicFile} from './atomic-file.js';
import {CsvTable} from './csv-table.js';
import {ParquetTable} from './parquet-table.js';

/** Where rows of numbers go: a time in ms and as many numbers as the table has columns. Nothing is at the target before
 *  `commit`; after a failure or `abort` nothing is left beside it. */
export interface TableWriter {
  /** `undefined` where the row only went into the buffer; else a promise to await before the next row.
   *  @throws OUTPUT_FAILED */
  write(timestampMs: number, values: ArrayLike<number>): Promise<void> | undefined;
  /** @throws OUTPUT_FAILED */
  commit(): Promise<void>;
  abort(): Promise<void>;
}

export interface TableOptions {
  /** Names behind `timestamp`. */
  readonly columns: readonly string[];
  /** How CSV spells a number that is no integer: the shortest text that reads back as the same double, or 17 significant digits. */
  readonly digits: 'shortest' | 17;
}

/** What the end of a name says a table is to be written as; CSV where it says nothing. */
export type TableFormat = 'csv' | 'csv.gz' | 'parquet';

export function tableFormatOf(path: string): TableFormat {
  const match = /\.(csv\.gz|parquet)$/i.exec(path);
  return match === null ? 'csv' : (match[1]!.toLowerCase() as TableFormat);
}

/** Opens a table of `timestamp` and numbers for writing, in the format that its name asks for.
 *  @param path `-` is stdout
 *  @throws OUTPUT_FAILED */
export async function createTable(path: string, options: TableOptions): Promise<TableWriter> {
  const format = tableFormatOf(path);
  const file = await AtomicFile.create(path === '-' ? '/dev/stdout' : path);
  if (format === 'parquet') return await ParquetTable.create(file, options.columns);
  return new CsvTable(file, options, format === 'csv.gz');
}
