import {percentileInterval, resampledSums} from './block-bootstrap.js';
import type {BootstrapOptions} from './block-bootstrap.js';

/** A share and where it may lie. */
export interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** Standard normal deviates that leave 5% and 1% outside, both sides together. */
const DEVIATE = {0.95: 1.959963984540054, 0.99: 2.5758293035489004} as const;

export interface IntervalOptions extends BootstrapOptions {
  /** 0.95 unless said otherwise. */
  readonly confidence?: keyof typeof DEVIATE;
}

/** Where the accuracy behind some forecasts may lie. With horizon 1 their labels do not overlap: the binomial interval. With a
 *  longer one neighbours are right or wrong together, and a binomial interval would be far too narrow: a block bootstrap.
 *  @param correct shape [N]; 1 where a forecast was right, in time order
 *  @throws RangeError for none */
export function accuracyInterval(correct: Uint8Array, options: IntervalOptions = {}): Interval {
  const {horizon = 1, confidence = 0.95} = options;
  if (correct.length === 0) throw new RangeError('an accuracy needs at least one forecast');
  const right = correct.reduce((sum, one) => sum + one, 0);
  return horizon === 1
    ? wilsonInterval(right, correct.length, confidence)
    : blockBootstrapInterval(correct, options);
}

/** The interval of a share of independent trials; it stays within [0, 1], and is no single point even at 0 and 1.
 *  source: Wilson, Probable Inference (1927); Brown, Cai and DasGupta, Interval Estimation for a Binomial Proportion (2001) */
export function wilsonInterval(
  right: number,
  samples: number,
  confidence: keyof typeof DEVIATE = 0.95,
): Interval {
  const value = right / samples;
  const square = DEVIATE[confidence] ** 2 / samples;
  const centre = (value + square / 2) / (1 + square);
  const half = Math.sqrt(value * (1 - value) * square + (square * square) / 4) / (1 + square);
  return {value, low: Math.max(0, centre - half), high: Math.min(1, centre + half)};
}

/** The percentile interval of a mean over resampled blocks.
 *  @param values shape [N], in time order */
export function blockBootstrapInterval(values: ArrayLike<number>, options: IntervalOptions = {}): Interval {
  const means = Float64Array.from(resampledSums([values], options), ([sum]) => sum! / values.length);
  const value = Array.from(values).reduce((sum, one) => sum + one, 0) / values.length;
  return {value, ...percentileInterval(means, options.confidence ?? 0.95)};
}
