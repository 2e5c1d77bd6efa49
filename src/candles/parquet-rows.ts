import {DlTradeError} from '../domain/errors.js';
import {unreadable} from '../files/file-errors.js';
import {CANDLE_COLUMNS} from './parse-candle.js';
import type {RawRow} from './parse-candle.js';

const ROWS_PER_BATCH = 65_536;

/** The rows of a Parquet candle file, in batches: columns are found by name, others are not read.
 *  @throws FILE_UNREADABLE CANDLES_INVALID */
export async function* readParquetRows(
  path: string,
  signal?: AbortSignal,
): AsyncGenerator<RawRow[], void, undefined> {
  // Loaded here: most runs read CSV, and start sooner without it.
  const {asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects, parquetSchema} =
    await import('hyparquet');
  const {compressors} = await import('hyparquet-compressors');
  try {
    const file = await asyncBufferFromFile(path);
    const metadata = await parquetMetadataAsync(file);
    const spelling = columnSpelling(
      path,
      parquetSchema(metadata).children.map(({element}) => element.name),
    );
    const total = Number(metadata.num_rows);
    for (let rowStart = 0; rowStart < total; rowStart += ROWS_PER_BATCH) {
      signal?.throwIfAborted();
      const rowEnd = Math.min(rowStart + ROWS_PER_BATCH, total);
      const objects = await parquetReadObjects({
        file,
        metadata,
        compressors,
        columns: [...spelling],
        rowStart,
        rowEnd,
      });
      yield objects.map((object, i) => ({
        number: rowStart + i + 1,
        cells: spelling.map((name) => object[name] as unknown),
      }));
    }
  } catch (cause) {
    if (signal?.aborted === true) throw cause;
    throw unreadable(path, cause);
  }
}

/** How the file spells each of `CANDLE_COLUMNS`. */
function columnSpelling(path: string, names: readonly string[]): readonly string[] {
  const found = CANDLE_COLUMNS.map((column) => names.find((name) => name.trim().toLowerCase() === column));
  const missing = CANDLE_COLUMNS.filter((_, i) => found[i] === undefined);
  if (missing.length > 0) {
    throw new DlTradeError(
      'CANDLES_INVALID',
      `${path}: the columns were "${names.join(',')}", without ${missing.join(', ')}; want ${CANDLE_COLUMNS.join(',')}`,
      {details: {path, missing}},
    );
  }
  return found as string[];
}
