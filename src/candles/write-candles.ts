import type {Candle} from '../domain/candle.js';
import {createTable} from '../files/table-writer.js';
import {CANDLE_COLUMNS} from './parse-candle.js';

/** Writes candles as CSV, gzipped CSV or Parquet, by the end of the name; numbers read back as the same doubles. Candles that
 *  were filled in are left out: whoever reads the file fills the gap again and knows them as filled.
 *  @returns how many candles were written
 *  @throws USAGE OUTPUT_FAILED; the old file is untouched then */
export async function writeCandles(
  path: string,
  candles: Iterable<Candle> | AsyncIterable<Candle>,
): Promise<number> {
  const table = await createTable(path, {columns: CANDLE_COLUMNS.slice(1), digits: 'shortest'});
  let written = 0;
  try {
    for await (const {openTimeMs, open, high, low, close, volume, filled} of candles) {
      if (filled === true) continue;
      await table.write(openTimeMs, [open, high, low, close, volume]);
      written += 1;
    }
    await table.commit();
  } catch (cause) {
    await table.abort();
    throw cause;
  }
  return written;
}
