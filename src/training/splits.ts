import {DlTradeError} from '../domain/errors.js';

/** How samples are divided in time. */
export interface SplitOptions {
  /** Shares of training and validation; the rest is the test part. 0.70 and 0.15 unless said otherwise. */
  readonly fractions?: {readonly train: number; readonly validation: number};
  /** Candles from a sample's row to the close that its label looks at. */
  readonly horizon: number;
  /** Samples left out behind each boundary, on top of the purge before it; 0 unless said otherwise. */
  readonly embargo?: number;
}

/** The parts of a chronological split: each sample is the row that it ends on, ascending. */
export interface Split {
  readonly train: Int32Array;
  readonly validation: Int32Array;
  readonly test: Int32Array;
  /** Samples that belong to no part because their label looks across a boundary. */
  readonly purged: number;
}

export const DEFAULT_FRACTIONS = {train: 0.7, validation: 0.15} as const;

/** Divides samples in the order of time: training before validation before test, nothing shuffled across. A sample whose label
 *  looks at a row at or behind the next part's first one is purged: on an unbroken history the last `horizon` before
 *  each boundary.
 *  @param samples rows that samples end on, ascending
 *  @throws CANDLES_TOO_FEW where a part is left empty, CONFIG_INVALID for fractions that leave no part its share
 *  source: Lopez de Prado, Advances in Financial Machine Learning (2018), 7.4 (purging and embargo) */
export function splitChronologically(samples: Int32Array, options: SplitOptions): Split {
  const {fractions = DEFAULT_FRACTIONS, horizon, embargo = 0} = options;
  const {train, validation} = fractions;
  if (!(train > 0 && validation > 0 && train + validation < 1)) {
    throw new DlTradeError(
      'CONFIG_INVALID',
      `split was "${String(train)}/${String(validation)}", want shares above 0 that leave one for the test`,
      {details: {train, validation}},
    );
  }
  return splitAt(
    samples,
    {
      from: 0,
      // 0.7 + 0.15 and 20 x 0.85 must not lose a sample to rounding.
      validationFrom: Math.floor(samples.length * train + 1e-9),
      testFrom: Math.floor(samples.length * (train + validation) + 1e-9),
      to: samples.length,
    },
    {horizon, embargo},
  );
}

/** Where the parts of a split begin and end, as places in the list of samples. */
export interface SplitBoundaries {
  readonly from: number;
  readonly validationFrom: number;
  readonly testFrom: number;
  readonly to: number;
}

/** Divides samples at given places, with the same purge and embargo as `splitChronologically`.
 *  @throws CANDLES_TOO_FEW where a part is left empty */
export function splitAt(
  samples: Int32Array,
  {from, validationFrom, testFrom, to}: SplitBoundaries,
  {horizon, embargo = 0}: Pick<SplitOptions, 'horizon' | 'embargo'>,
): Split {
  const keptTrain = withoutOverlap(samples, {from, to: validationFrom}, horizon);
  const keptValidation = withoutOverlap(samples, {from: validationFrom, to: testFrom}, horizon);
  const split: Split = {
    train: samples.subarray(from, keptTrain),
    validation: samples.subarray(Math.min(validationFrom + embargo, keptValidation), keptValidation),
    test: samples.subarray(Math.min(testFrom + embargo, to), to),
    purged: validationFrom - keptTrain + (testFrom - keptValidation),
  };
  for (const part of ['train', 'validation', 'test'] as const) {
    if (split[part].length > 0) continue;
    throw new DlTradeError(
      'CANDLES_TOO_FEW',
      `${String(to - from)} samples leave none for the ${part} part; give a longer history`,
      {details: {samples: to - from, part, horizon, embargo}},
    );
  }
  return split;
}

/** @returns where the part really ends: behind its last sample whose label lies before the next part */
function withoutOverlap(
  samples: Int32Array,
  {from, to}: {readonly from: number; readonly to: number},
  horizon: number,
): number {
  const boundary = samples[to];
  let end = to;
  while (boundary !== undefined && end > from && samples[end - 1]! + horizon >= boundary) end -= 1;
  return end;
}
