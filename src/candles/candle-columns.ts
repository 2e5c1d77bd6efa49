import {readLines, sniffFile} from '../files/read-lines.js';
import {unreadable} from '../files/file-errors.js';

/** The names of a candle file's columns as it spells them; none for an empty file.
 *  @throws FILE_UNREADABLE */
export async function readCandleColumns(path: string): Promise<readonly string[]> {
  const kind = await sniffFile(path);
  if (kind === 'parquet') return await readParquetColumns(path);
  for await (const [header] of readLines(path, {gzip: kind === 'gzip'})) {
    return header === undefined ? [] : header.split(',');
  }
  return [];
}

async function readParquetColumns(path: string): Promise<readonly string[]> {
  const {asyncBufferFromFile, parquetMetadataAsync, parquetSchema} = await import('hyparquet');
  try {
    const metadata = await parquetMetadataAsync(await asyncBufferFromFile(path));
    return parquetSchema(metadata).children.map(({element}) => element.name);
  } catch (cause) {
    throw unreadable(path, cause);
  }
}
