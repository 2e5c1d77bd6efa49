import {describe, expect, it} from 'vitest';
import {TimeSeriesDataset} from '../../../src/training/time-series-dataset.js';
import type {DatasetSource} from '../../../src/training/time-series-dataset.js';

/** Ten rows of two inputs: row r is (r, -r). */
const SOURCE: DatasetSource = {
  inputs: Float32Array.from({length: 20}, (_, i) => (i % 2 === 0 ? i / 2 : -(i - 1) / 2)),
  labels: Uint8Array.of(0, 1, 0, 1, 1, 0, 1, 0, 0, 0),
  openTimesMs: Float64Array.from({length: 10}, (_, i) => i * 60_000),
  shape: {steps: 3, size: 2},
};
const DATASET = new TimeSeriesDataset(SOURCE, Int32Array.of(2, 3, 6, 7));

describe('TimeSeriesDataset', () => {
  it('has a length and a shape', () => {
    expect(DATASET.length).toBe(4);
    expect(DATASET.shape).toEqual({steps: 3, size: 2});
    expect(new TimeSeriesDataset(SOURCE, new Int32Array(0)).length).toBe(0);
  });

  it('gives the rows up to the sample, the label and the time of its row', () => {
    expect([...DATASET.window(2)]).toEqual([4, -4, 5, -5, 6, -6]);
    expect([DATASET.label(2), DATASET.openTimeMs(2)]).toEqual([1, 360_000]);
    expect(DATASET.positiveRate).toBe(0.5);
  });

  it('gives windows as views over the one matrix', () => {
    for (const sample of [0, 1, 2, 3]) expect(DATASET.window(sample).buffer).toBe(SOURCE.inputs.buffer);
  });

  it('copies a batch together in the order asked for', () => {
    const batch = DATASET.batch([3, 0]);
    expect([...batch.windows]).toEqual([5, -5, 6, -6, 7, -7, 0, -0, 1, -1, 2, -2]);
    expect([...batch.labels]).toEqual([0, 0]);
    expect(batch.size).toBe(2);
    expect(batch.windows.buffer).not.toBe(SOURCE.inputs.buffer);
  });

  it('gives every sample once, in time order or in the one asked for, the last batch shorter', () => {
    const inOrder = [...DATASET.batches(3)];
    expect(inOrder.map(({size}) => size)).toEqual([3, 1]);
    expect(inOrder.flatMap(({labels}) => [...labels])).toEqual([0, 1, 1, 0]);
    const reversed = [...DATASET.batches(2, [3, 2, 1, 0])];
    expect(reversed.flatMap(({windows}) => [...windows.subarray(0, 1), ...windows.subarray(6, 7)])).toEqual([
      5, 4, 1, 0,
    ]);
  });

  it('refuses samples that it does not have', () => {
    for (const use of [() => DATASET.window(4), () => DATASET.label(-1), () => DATASET.batch([9])]) {
      expect(use).toThrow(RangeError);
    }
    expect(() => DATASET.openTimeMs(4)).toThrow('sample was "4", want 0 to 3');
  });

  it('refuses rows without a whole sequence, and matrices that do not fit each other', () => {
    expect(() => new TimeSeriesDataset(SOURCE, Int32Array.of(1))).toThrow(
      'sample was "1", want a row from 2 to 9',
    );
    expect(() => new TimeSeriesDataset(SOURCE, Int32Array.of(10))).toThrow(RangeError);
    expect(() => new TimeSeriesDataset({...SOURCE, inputs: new Float32Array(19)}, Int32Array.of(2))).toThrow(
      'inputs of "19" values and "10" labels, want 10 x 2 and 10',
    );
    expect(() => new TimeSeriesDataset({...SOURCE, labels: new Uint8Array(9)}, Int32Array.of(2))).toThrow(
      RangeError,
    );
  });
});
