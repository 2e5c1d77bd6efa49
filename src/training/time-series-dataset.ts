/** One matrix of inputs that the datasets of all parts share. */
export interface DatasetSource {
  /** float32, shape [N, F], row-major: what the network sees of each row. */
  readonly inputs: Float32Array;
  /** shape [N]; 1 where the close is higher a horizon later. */
  readonly labels: Uint8Array;
  /** shape [N]; ms, UTC. */
  readonly openTimesMs: Float64Array;
  /** T and F. */
  readonly shape: {readonly steps: number; readonly size: number};
}

/** Some samples, copied side by side. */
export interface Batch {
  /** float32, shape [B, T, F]. */
  readonly windows: Float32Array;
  /** float32, shape [B]; 0 or 1. */
  readonly labels: Float32Array;
  readonly size: number;
}

/** Sequences of one part and their labels: windows are views over one matrix; only the batch being assembled is copied. */
export class TimeSeriesDataset {
  readonly #source: DatasetSource;
  readonly #samples: Int32Array;

  /** @param samples rows that the sequences end on */
  constructor(source: DatasetSource, samples: Int32Array) {
    const {steps, size} = source.shape;
    const rows = source.openTimesMs.length;
    if (source.inputs.length !== rows * size || source.labels.length !== rows) {
      throw new RangeError(
        `inputs of "${String(source.inputs.length)}" values and "${String(source.labels.length)}" labels, want`
          + ` ${String(rows)} x ${String(size)} and ${String(rows)}`,
      );
    }
    const stray = samples.find((row) => row < steps - 1 || row >= rows);
    if (stray !== undefined) {
      throw new RangeError(
        `sample was "${String(stray)}", want a row from ${String(steps - 1)} to ${String(rows - 1)}`,
      );
    }
    this.#source = source;
    this.#samples = samples;
  }

  /** The matrix that the windows are views of. */
  get source(): DatasetSource {
    return this.#source;
  }

  /** Rows that the sequences end on. */
  get samples(): Int32Array {
    return this.#samples;
  }

  /** Samples. */
  get length(): number {
    return this.#samples.length;
  }

  /** T and F. */
  get shape(): {readonly steps: number; readonly size: number} {
    return this.#source.shape;
  }

  /** Share of samples whose label is 1. */
  get positiveRate(): number {
    let positive = 0;
    for (const row of this.#samples) positive += this.#source.labels[row]!;
    return positive / this.#samples.length;
  }

  /** The inputs of a sample: a view, oldest row first.
   *  @returns shape [T, F] */
  window(sample: number): Float32Array {
    const {steps, size} = this.#source.shape;
    const last = this.#row(sample);
    return this.#source.inputs.subarray((last - steps + 1) * size, (last + 1) * size);
  }

  /** The inputs of the row that a sample ends on: a view.
   *  @returns shape [F] */
  lastRow(sample: number): Float32Array {
    const {size} = this.#source.shape;
    const row = this.#row(sample);
    return this.#source.inputs.subarray(row * size, (row + 1) * size);
  }

  /** 1 where the close is higher a horizon later, else 0. */
  label(sample: number): number {
    return this.#source.labels[this.#row(sample)]!;
  }

  /** Open time of the candle that a sample ends on, ms, UTC. */
  openTimeMs(sample: number): number {
    return this.#source.openTimesMs[this.#row(sample)]!;
  }

  /** Copies some samples together, in the given order. */
  batch(samples: ArrayLike<number>): Batch {
    const {steps, size} = this.#source.shape;
    const count = samples.length;
    const windows = new Float32Array(count * steps * size);
    const labels = new Float32Array(count);
    for (let b = 0; b < count; b++) {
      windows.set(this.window(samples[b]!), b * steps * size);
      labels[b] = this.label(samples[b]!);
    }
    return {windows, labels, size: count};
  }

  /** All samples in batches, the last one shorter.
   *  @param order sample numbers; in time order unless said otherwise */
  *batches(
    batchSize: number,
    order: Iterable<number> = this.#samples.keys(),
  ): Generator<Batch, void, undefined> {
    const numbers = Uint32Array.from(order);
    for (let from = 0; from < numbers.length; from += batchSize) {
      yield this.batch(numbers.subarray(from, from + batchSize));
    }
  }

  #row(sample: number): number {
    const row = this.#samples[sample];
    if (row !== undefined) return row;
    throw new RangeError(`sample was "${String(sample)}", want 0 to ${String(this.length - 1)}`);
  }
}
