import {once} from 'node:events';
import {createGzip} from 'node:zlib';
import type {Gzip} from 'node:zlib';
import type {AtomicFile} from './atomic-file.js';
import type {TableOptions, TableWriter} from './table-writer.js';

const BUFFER_CHARACTERS = 1 << 18;

/** A table as CSV, gzipped on the way where asked for. */
export class CsvTable implements TableWriter {
  readonly #file: AtomicFile;
  readonly #gzip: Gzip | undefined;
  readonly #compressed: Promise<void> | undefined;
  readonly #digits: TableOptions['digits'];
  #failure: unknown;
  #text: string;

  constructor(file: AtomicFile, options: TableOptions, gzip: boolean) {
    this.#file = file;
    this.#digits = options.digits;
    this.#text = `timestamp,${options.columns.join(',')}\n`;
    if (gzip) {
      this.#gzip = createGzip();
      this.#compressed = this.#pump(this.#gzip);
    }
  }

  write(timestampMs: number, values: ArrayLike<number>): Promise<void> | undefined {
    let line = String(timestampMs);
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      line += ',';
      line += this.#digits === 17 && !Number.isInteger(value) ? value.toPrecision(17) : String(value);
    }
    this.#text += line + '\n';
    return this.#text.length < BUFFER_CHARACTERS ? undefined : this.#flush();
  }

  async commit(): Promise<void> {
    await this.#flush();
    if (this.#gzip !== undefined) {
      this.#gzip.end();
      await this.#compressed;
      this.#rethrow();
    }
    await this.#file.commit();
  }

  async abort(): Promise<void> {
    this.#gzip?.destroy();
    await this.#compressed;
    await this.#file.abort();
  }

  async #flush(): Promise<void> {
    const text = this.#text;
    this.#text = '';
    if (this.#gzip === undefined) {
      await this.#file.write(text);
      return;
    }
    this.#rethrow();
    if (!this.#gzip.write(text)) await Promise.race([once(this.#gzip, 'drain'), this.#compressed]);
    this.#rethrow();
  }

  /** Never rejects: a failure waits for the next call, which throws it. */
  async #pump(gzip: Gzip): Promise<void> {
    try {
      for await (const chunk of gzip as AsyncIterable<Buffer>) await this.#file.write(chunk);
    } catch (cause) {
      this.#failure = cause;
    }
  }

  #rethrow(): void {
    if (this.#failure !== undefined) throw this.#failure as Error;
  }
}
