import type {ByteWriter, ParquetWriter} from 'hyparquet-writer';
import type {AtomicFile} from './atomic-file.js';
import {outputFailed} from './file-errors.js';
import type {TableWriter} from './table-writer.js';

/** 87 columns of this many doubles are 11 MB, which is what writing holds at most beside the encoded group. */
const ROWS_PER_GROUP = 16_384;

/** A table as Parquet: `timestamp` INT64 in ms, every other column DOUBLE, all required. */
export class ParquetTable implements TableWriter {
  readonly #file: AtomicFile;
  readonly #bytes: ByteWriter;
  readonly #parquet: ParquetWriter;
  readonly #names: readonly string[];
  readonly #timestamps = new BigInt64Array(ROWS_PER_GROUP);
  readonly #columns: readonly Float64Array[];
  #rows = 0;

  private constructor(file: AtomicFile, bytes: ByteWriter, parquet: ParquetWriter, names: readonly string[]) {
    this.#file = file;
    this.#bytes = bytes;
    this.#parquet = parquet;
    this.#names = names;
    this.#columns = names.map(() => new Float64Array(ROWS_PER_GROUP));
  }

  static async create(file: AtomicFile, names: readonly string[]): Promise<ParquetTable> {
    // Loaded here: most commands never write Parquet, and start sooner without it.
    const {ByteWriter, ParquetWriter} = await import('hyparquet-writer');
    const bytes = new ByteWriter();
    const schema = [
      {name: 'root', num_children: names.length + 1},
      {name: 'timestamp', type: 'INT64', repetition_type: 'REQUIRED'} as const,
      ...names.map((name) => ({name, type: 'DOUBLE', repetition_type: 'REQUIRED'}) as const),
    ];
    return new ParquetTable(
      file,
      bytes,
      new ParquetWriter({writer: bytes, schema, createdBy: 'dl-trade'}),
      names,
    );
  }

  write(timestampMs: number, values: ArrayLike<number>): Promise<void> | undefined {
    this.#timestamps[this.#rows] = BigInt(timestampMs);
    for (let i = 0; i < this.#columns.length; i++) this.#columns[i]![this.#rows] = values[i]!;
    this.#rows += 1;
    return this.#rows < ROWS_PER_GROUP ? undefined : this.#flushGroup();
  }

  async commit(): Promise<void> {
    if (this.#rows > 0) await this.#flushGroup();
    await this.#encode(() => this.#parquet.finish());
    await this.#file.commit();
  }

  async abort(): Promise<void> {
    await this.#file.abort();
  }

  async #flushGroup(): Promise<void> {
    const rows = this.#rows;
    this.#rows = 0;
    await this.#encode(() =>
      this.#parquet.write({
        columnData: [
          {name: 'timestamp', data: this.#timestamps.subarray(0, rows)},
          ...this.#names.map((name, i) => ({name, data: this.#columns[i]!.subarray(0, rows)})),
        ],
        rowGroupSize: rows,
      }),
    );
  }

  /** Encodes into memory, then hands the bytes to the file; offsets go on counting from the start of the file. */
  async #encode(write: () => void | Promise<void>): Promise<void> {
    try {
      await write();
      await this.#file.write(this.#bytes.getBytes());
      this.#bytes.index = 0;
    } catch (cause) {
      await this.#file.abort();
      throw outputFailed(this.#file.path, cause);
    }
  }
}
