import {SeededRandom} from '../../src/domain/seeded-random.js';
import {TimeSeriesDataset} from '../../src/training/time-series-dataset.js';

export interface TabularOptions {
  readonly samples: number;
  readonly size: number;
  /** Probability of label 1 for a row. */
  readonly probability: (row: Float32Array) => number;
  readonly seed: string;
  /** Values are rounded to so many decimals; few, so that features have few distinct values. */
  readonly decimals?: number;
}

/** Independent rows of standard normals whose label is drawn with a known probability: windows of one row. */
export function tabularDataset({
  samples,
  size,
  probability,
  seed,
  decimals = 1,
}: TabularOptions): TimeSeriesDataset {
  const random = new SeededRandom(seed);
  const factor = 10 ** decimals;
  const inputs = Float32Array.from(
    {length: samples * size},
    () => Math.round(random.normal() * factor) / factor,
  );
  const labels = Uint8Array.from({length: samples}, (_, i) =>
    random.uniform() < probability(inputs.subarray(i * size, (i + 1) * size)) ? 1 : 0,
  );
  return new TimeSeriesDataset(
    {inputs, labels, openTimesMs: Float64Array.from(labels, (_, i) => i * 60_000), shape: {steps: 1, size}},
    Int32Array.from(labels, (_, i) => i),
  );
}

/** Labels of a dataset in order. */
export function labelsOf(dataset: TimeSeriesDataset): Uint8Array {
  return Uint8Array.from({length: dataset.length}, (_, sample) => dataset.label(sample));
}
