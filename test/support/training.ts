import {TimeSeriesDataset} from '../../src/training/time-series-dataset.js';
import type {DatasetSource} from '../../src/training/time-series-dataset.js';
import type {EpochRecord} from '../../src/model/native-training.js';

/** Inputs and labels that repeat nowhere and have nothing to do with each other. */
export function someHistory(rows: number, {steps, size}: DatasetSource['shape']): DatasetSource {
  let state = 1;
  const next = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  return {
    inputs: Float32Array.from({length: rows * size}, () => 4 * next() - 2),
    labels: Uint8Array.from({length: rows}, () => (next() < 0.5 ? 1 : 0)),
    openTimesMs: new Float64Array(rows),
    shape: {steps, size},
  };
}

/** `count` samples that end on row `first` and those behind it. */
export function someSamples(source: DatasetSource, first: number, count: number): TimeSeriesDataset {
  return new TimeSeriesDataset(
    source,
    Int32Array.from({length: count}, (_, index) => first + index),
  );
}

/** What is the same in two runs of one training: all but the time that it took. */
export function withoutTimes(history: readonly EpochRecord[]): readonly EpochRecord[] {
  return history.map((record) => ({...record, seconds: 0}));
}
