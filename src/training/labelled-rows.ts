/** A row of inputs and what came of it. */
export interface LabelledRow {
  readonly openTimeMs: number;
  readonly values: Float64Array;
  /** 1 where the close is higher a horizon later, 0 where it is not, NaN where the segment or the history ends before. */
  readonly label: number;
}

interface WaitingRow {
  readonly openTimeMs: number;
  readonly values: Float64Array;
  readonly close: number;
}

/** Gives the rows of a stream their labels, a horizon later, in the order in which they came: the labels of `labelRows` on the
 *  rows of `sampleRows`. */
export class LabelledRows {
  readonly #horizon: number;
  #waiting: WaitingRow[] = [];

  /** @param horizon candles from a row to the close that its label looks at; >= 1 */
  constructor(horizon: number) {
    this.#horizon = horizon;
  }

  /** @param row the values are kept until they are labelled: not to be written to
   *  @returns the rows whose label is known now, or never will be */
  push(row: WaitingRow & {readonly segmentStart: boolean}): LabelledRow[] {
    const {openTimeMs, values, close, segmentStart} = row;
    const cut = segmentStart ? this.end() : [];
    this.#waiting.push({openTimeMs, values, close});
    if (this.#waiting.length <= this.#horizon) return cut;
    const {close: before, ...first} = this.#waiting.shift()!;
    return [...cut, {...first, label: close > before ? 1 : 0}];
  }

  /** @returns the rows that wait, without a label */
  end(): LabelledRow[] {
    const rows = this.#waiting.map(({openTimeMs, values}) => ({openTimeMs, values, label: NaN}));
    this.#waiting = [];
    return rows;
  }
}
