import {DlTradeError} from '../domain/errors.js';

/** Scaled inputs are cut off beyond this many deviations. */
export const INPUT_CLIP = 8;

/** A fitted scaler as a manifest stores it. */
export interface ScalerParameters {
  /** shape [F]; means of the training rows. */
  readonly mean: readonly number[];
  /** shape [F]; population deviations of the training rows, 1 for a constant column, as sklearn's `scale_`; > 0. */
  readonly scale: readonly number[];
  /** Columns that were constant in training, ascending; they always feed 0. */
  readonly constant: readonly number[];
  /** Largest absolute scaled value; null where the network was trained without a limit. */
  readonly clip: number | null;
}

interface Fitted {
  readonly mean: Float64Array;
  readonly scale: Float64Array;
  readonly constant: Uint8Array;
}

/** Mean 0 and deviation 1 by the statistics of training rows, clipped to +-8; a column that was constant in training
 *  always feeds 0, so that a network that never saw it vary is not shaken by it.
 *  source: sklearn.preprocessing.StandardScaler (population deviation), which has neither the clip nor the rule for constants */
export class StandardScaler {
  #clip: number = INPUT_CLIP;
  #fitted: Fitted | undefined;

  get isFitted(): boolean {
    return this.#fitted !== undefined;
  }

  /** Takes the statistics of some rows; an earlier fit is forgotten. Two passes with compensated sums, so that a column
   *  of 1e8 with deviations of 1e-3 keeps its digits.
   *  @param values shape [N, columns], row-major, finite
   *  @param rows which of them to use: from, inclusive, and to, exclusive
   *  @throws CANDLES_TOO_FEW for no rows */
  fit(values: Float64Array, columns: number, rows: {readonly from: number; readonly to: number}): this {
    const {from, to} = rows;
    if (!(to > from)) {
      throw new DlTradeError(
        'CANDLES_TOO_FEW',
        'the scaler was given no training rows; give a longer history',
      );
    }
    const fitted: Fitted = {
      mean: new Float64Array(columns),
      scale: new Float64Array(columns).fill(1),
      constant: new Uint8Array(columns),
    };
    for (let column = 0; column < columns; column++) {
      const {mean, deviation, constant} = momentsOf(values, columns, column, rows);
      fitted.mean[column] = mean;
      // A spread too small for its square to exist counts as none.
      if (constant || deviation === 0) fitted.constant[column] = 1;
      else fitted.scale[column] = deviation;
    }
    this.#clip = INPUT_CLIP;
    this.#fitted = fitted;
    return this;
  }

  /** Scales and clips a row.
   *  @param row shape [F], float64
   *  @param out float32; the row is written at `at`
   *  @returns the largest absolute scaled value before clipping
   *  @throws SCALER_NOT_FITTED before a fit */
  transform(row: Float64Array, out: Float32Array, at = 0): number {
    const {mean, scale, constant} = this.#requireFitted();
    const clip = this.#clip;
    let largest = 0;
    for (let i = 0; i < mean.length; i++) {
      if (constant[i] === 1) {
        out[at + i] = 0;
        continue;
      }
      const scaled = (row[i]! - mean[i]!) / scale[i]!;
      const size = Math.abs(scaled);
      // Asked so that NaN is caught: a network would turn it into a probability of nothing.
      if (!(size <= largest)) {
        if (Number.isNaN(size)) throw new RangeError(`input ${String(i)} was "NaN", want a number`);
        largest = size;
      }
      out[at + i] = size <= clip ? scaled : scaled < 0 ? -clip : clip;
    }
    return largest;
  }

  /** @throws SCALER_NOT_FITTED before a fit */
  toJSON(): ScalerParameters {
    const {mean, scale, constant} = this.#requireFitted();
    return {
      mean: [...mean],
      scale: [...scale],
      constant: [...constant.keys()].filter((column) => constant[column] === 1),
      clip: Number.isFinite(this.#clip) ? this.#clip : null,
    };
  }

  /** A scaler that gives the same bits as the one that `toJSON` described. */
  static fromJSON({mean, scale, constant, clip}: ScalerParameters): StandardScaler {
    const scaler = new StandardScaler();
    scaler.#clip = clip ?? Infinity;
    scaler.#fitted = {
      mean: Float64Array.from(mean),
      scale: Float64Array.from(scale),
      constant: Uint8Array.from(mean, (_, column) => (constant.includes(column) ? 1 : 0)),
    };
    return scaler;
  }

  #requireFitted(): Fitted {
    if (this.#fitted !== undefined) return this.#fitted;
    throw new DlTradeError(
      'SCALER_NOT_FITTED',
      'Scaler not fitted; fit it on training rows or load a model that has one',
    );
  }
}

function momentsOf(
  values: Float64Array,
  columns: number,
  column: number,
  {from, to}: {readonly from: number; readonly to: number},
): {mean: number; deviation: number; constant: boolean} {
  const count = to - from;
  const first = values[from * columns + column]!;
  let constant = true;
  let sum = 0;
  let lost = 0;
  for (let row = from; row < to; row++) {
    const value = values[row * columns + column]!;
    if (!Number.isFinite(value)) {
      throw new RangeError(
        `row ${String(row)}, column ${String(column)} was "${String(value)}", want a finite number`,
      );
    }
    if (value !== first) constant = false;
    // Neumaier's sum: what the larger addend swallows of the smaller is kept apart.
    const next = sum + value;
    lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
    sum = next;
  }
  if (constant) return {mean: first, deviation: 0, constant};
  const mean = (sum + lost) / count;
  let squares = 0;
  let rest = 0;
  for (let row = from; row < to; row++) {
    const distance = values[row * columns + column]! - mean;
    squares += distance * distance;
    rest += distance;
  }
  // `rest` is 0 but for the rounding of the mean.
  return {mean, deviation: Math.sqrt(Math.max(0, squares - (rest * rest) / count) / count), constant};
}
