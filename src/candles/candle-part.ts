import {copyFile, open, rename, stat, unlink} from 'node:fs/promises';
import type {FileHandle} from 'node:fs/promises';
import {dirname} from 'node:path';
import type {Candle} from '../domain/candle.js';
import {DlTradeError} from '../domain/errors.js';
import {syncDirectory, temporaryBeside, writeFileAtomic} from '../files/atomic-file.js';
import {outputFailed} from '../files/file-errors.js';
import {sniffFile} from '../files/read-lines.js';
import {tableFormatOf} from '../files/table-writer.js';
import {CANDLE_COLUMNS} from './parse-candle.js';
import {CandleFile} from './read-candles.js';
import {writeCandles} from './write-candles.js';

const NEWLINE = 0x0a;
/** Longer than any line of a candle. */
const TAIL_BYTES = 4096;

/** A candle file under way: a CSV beside its target, which grows page by page, each on disk before the next is asked for. Whenever
 *  the process ends, what is there can be read and gone on with; the target appears whole. */
export class CandlePart {
  readonly path: string;
  readonly #target: string;
  readonly #handle: FileHandle;
  readonly #inode: number;
  #size: number;

  private constructor(target: string, handle: FileHandle, found: {ino: number; size: number}) {
    this.path = partOf(target);
    this.#target = target;
    this.#handle = handle;
    this.#inode = found.ino;
    this.#size = found.size;
  }

  /** Begins a part with the candles of its target, or without any where there is no target yet.
   *  @throws OUTPUT_FAILED, FILE_UNREADABLE CANDLES_INVALID */
  static async begin(target: string, hasCandles: boolean): Promise<CandlePart> {
    const path = partOf(target);
    if (!hasCandles) await writeFileAtomic(path, `${CANDLE_COLUMNS.join(',')}\n`);
    else if ((await sniffFile(target)) === 'text') await copyCsv(target, path);
    else {
      const clock = {nowMs: () => Infinity};
      await writeCandles(path, (await CandleFile.open(target, {clock, maxFilledGap: 0})).candles());
    }
    return await CandlePart.reopen(target);
  }

  /** Goes on with a part that is there.
   *  @throws OUTPUT_FAILED */
  static async reopen(target: string): Promise<CandlePart> {
    try {
      const handle = await open(partOf(target), 'r+');
      return new CandlePart(target, handle, await handle.stat());
    } catch (cause) {
      throw outputFailed(partOf(target), cause);
    }
  }

  /** Adds candles behind the last one; they are on disk when it resolves.
   *  @throws OUTPUT_FAILED, STATE_LOCKED where somebody else has written to the file */
  async append(candles: readonly Candle[]): Promise<void> {
    if (candles.length === 0) return;
    await this.#requireAlone();
    let text = '';
    for (const {openTimeMs, open: first, high, low, close, volume} of candles) {
      text += `${[openTimeMs, first, high, low, close, volume].join(',')}\n`;
    }
    try {
      const bytes = Buffer.from(text);
      for (let done = 0; done < bytes.length;) {
        const {bytesWritten} = await this.#handle.write(bytes, done, bytes.length - done, this.#size);
        done += bytesWritten;
        this.#size += bytesWritten;
      }
      await this.#handle.datasync();
    } catch (cause) {
      throw outputFailed(this.path, cause);
    }
  }

  /** Makes the part the target, in the format that the target's name asks for.
   *  @throws OUTPUT_FAILED STATE_LOCKED; the part is still there then */
  async finish(): Promise<void> {
    await this.#requireAlone();
    await this.close();
    try {
      if (tableFormatOf(this.#target) === 'csv') {
        await rename(this.path, this.#target);
        await syncDirectory(dirname(this.#target));
        return;
      }
      const clock = {nowMs: () => Infinity};
      const file = await CandleFile.open(this.path, {clock, maxFilledGap: 0});
      await writeCandles(this.#target, file.candles());
      await unlink(this.path);
    } catch (cause) {
      throw outputFailed(this.#target, cause);
    }
  }

  /** Leaves the part where it is. Twice, or after `finish`, is fine. */
  async close(): Promise<void> {
    await this.#handle.close();
  }

  async #requireAlone(): Promise<void> {
    const found = await stat(this.path).catch(() => undefined);
    if (found?.ino === this.#inode && found.size === this.#size) return;
    throw new DlTradeError(
      'STATE_LOCKED',
      `"${this.path}" was changed by somebody else while it was written; let one process at a time fetch into it`,
      {details: {path: this.path}},
    );
  }
}

/** Where the candles of a file under way lie. */
export function partOf(target: string): string {
  return `${target}.part`;
}

/** Cuts off a line that a crash has left without its end: a number in it may lack digits. A part without a whole line is removed.
 *  @returns true where there is a part to go on with
 *  @throws OUTPUT_FAILED */
export async function repairPart(target: string): Promise<boolean> {
  const path = partOf(target);
  try {
    const handle = await open(path, 'r+');
    try {
      const {size} = await handle.stat();
      const start = Math.max(0, size - TAIL_BYTES);
      const {buffer, bytesRead} = await handle.read(Buffer.alloc(TAIL_BYTES), 0, TAIL_BYTES, start);
      const end = start + buffer.subarray(0, bytesRead).lastIndexOf(NEWLINE) + 1;
      if (end > start) {
        if (end < size) await handle.truncate(end);
        return true;
      }
    } finally {
      await handle.close();
    }
    await unlink(path);
    return false;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw outputFailed(path, cause);
  }
}

async function copyCsv(from: string, to: string): Promise<void> {
  const temporary = temporaryBeside(to);
  try {
    await copyFile(from, temporary);
    const handle = await open(temporary, 'r+');
    try {
      const {size} = await handle.stat();
      const {buffer} = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
      if (buffer[0] !== NEWLINE) await handle.write('\n', size);
    } finally {
      await handle.close();
    }
    await rename(temporary, to);
  } catch (cause) {
    await unlink(temporary).catch(() => undefined);
    throw outputFailed(to, cause);
  }
}
