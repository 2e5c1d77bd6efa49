import type {FeatureMatrix} from '../model/predict-history.js';

export interface SampleShape {
  /** Rows of a sequence, T. */
  readonly sequenceLength: number;
  /** Candles from a sample's row to the close that its label looks at. */
  readonly horizon: number;
}

/** The rows that a sample can end on: the whole sequence before it and the close of its label behind it lie in one segment.
 *  @returns ascending row numbers */
export function sampleRows(
  {segmentStart}: Pick<FeatureMatrix, 'segmentStart'>,
  {sequenceLength, horizon}: SampleShape,
): Int32Array {
  const rows = segmentStart.length;
  const samples = new Int32Array(rows);
  let count = 0;
  let start = 0;
  while (start < rows) {
    const next = segmentStart.indexOf(1, start + 1);
    const end = next < 0 ? rows : next;
    for (let row = start + sequenceLength - 1; row + horizon < end; row++) samples[count++] = row;
    start = end;
  }
  return samples.slice(0, count);
}

/** Whether the close is higher a horizon later: 1 or 0 for each row, 0 where it is equal. Only rows of `sampleRows` have a
 *  label that means something.
 *  @param close column of `values` that holds the close
 *  @returns shape [N] */
export function labelRows(
  {values, openTimesMs}: Pick<FeatureMatrix, 'values' | 'openTimesMs'>,
  {columns, close, horizon}: {readonly columns: number; readonly close: number; readonly horizon: number},
): Uint8Array {
  const rows = openTimesMs.length;
  const labels = new Uint8Array(rows);
  for (let row = 0; row + horizon < rows; row++) {
    labels[row] = values[(row + horizon) * columns + close]! > values[row * columns + close]! ? 1 : 0;
  }
  return labels;
}
