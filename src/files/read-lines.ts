import {createReadStream} from 'node:fs';
import {open, stat} from 'node:fs/promises';
import type {Readable} from 'node:stream';
import {createGunzip} from 'node:zlib';
import {DlTradeError} from '../domain/errors.js';
import {unreadable} from './file-errors.js';

const CHUNK_BYTES = 1 << 18;
const MAX_LINE_LENGTH = 1 << 20;

/** What the first bytes say a data file is, whatever its name. */
export type FileKind = 'text' | 'gzip' | 'parquet' | 'empty';

/** Looks at the first bytes of a file.
 *  @throws FILE_UNREADABLE for anything but a regular file that can be read */
export async function sniffFile(path: string): Promise<FileKind> {
  try {
    const found = await stat(path);
    if (found.isDirectory()) throw Object.assign(new Error('is a directory'), {code: 'EISDIR'});
    if (!found.isFile()) throw new Error('is no regular file; save its content to one first');
    const handle = await open(path, 'r');
    try {
      const {bytesRead, buffer} = await handle.read(Buffer.alloc(4), 0, 4, 0);
      if (bytesRead === 0) return 'empty';
      if (buffer[0] === 0x1f && buffer[1] === 0x8b) return 'gzip';
      return buffer.toString('latin1') === 'PAR1' ? 'parquet' : 'text';
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

/** The lines of a text file, a batch a chunk, without line ends (LF or CRLF) and without a byte order mark;
 *  gunzipped where the bytes say so. An end of file without a line end still ends a line.
 *  @throws FILE_UNREADABLE */
export async function* readLines(
  path: string,
  options: {readonly gzip?: boolean; readonly signal?: AbortSignal | undefined} = {},
): AsyncGenerator<string[], void, undefined> {
  const file = createReadStream(path, {highWaterMark: CHUNK_BYTES});
  const text = (options.gzip === true ? gunzipped(file) : file).setEncoding('utf8');
  let rest = '';
  let first = true;
  try {
    for await (const chunk of text as AsyncIterable<string>) {
      options.signal?.throwIfAborted();
      const whole: string = rest + (first && chunk.startsWith('\uFEFF') ? chunk.slice(1) : chunk);
      first = false;
      const lines = whole.split('\n');
      rest = lines.pop()!;
      if (rest.length > MAX_LINE_LENGTH) {
        throw new DlTradeError('FILE_UNREADABLE', `"${path}" has a line of over 1 MB: it is no CSV file`, {
          details: {path},
        });
      }
      if (whole.includes('\r')) {
        for (let i = 0; i < lines.length; i++) lines[i] = withoutCarriageReturn(lines[i]!);
      }
      yield lines;
    }
    if (rest !== '') yield [withoutCarriageReturn(rest)];
  } catch (cause) {
    if (options.signal?.aborted === true) throw cause;
    throw unreadable(path, cause);
  } finally {
    file.destroy();
  }
}

function gunzipped(file: Readable): Readable {
  const gunzip = createGunzip();
  // `pipe` does not carry errors over.
  file.on('error', (cause) => gunzip.destroy(cause));
  return file.pipe(gunzip);
}

function withoutCarriageReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}
