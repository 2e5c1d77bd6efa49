import {SeededRandom} from '../../domain/seeded-random.js';

/** A share and where it may lie. */
export interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** Standard normal deviates that leave 5% and 1% outside, both sides together. */
const DEVIATE = {0.95: 1.959963984540054, 0.99: 2.5758293035489004} as const;

export interface IntervalOptions {
  /** Candles that a label looks ahead: beyond 1, neighbouring labels overlap. 1 unless said otherwise. */
  readonly horizon?: number;
  /** 0.95 unless said otherwise. */
  readonly confidence?: keyof typeof DEVIATE;
  /** Resamples of the bootstrap; 2,000 unless said otherwise. */
  readonly resamples?: number;
  /** Of the bootstrap; 0 unless said otherwise. */
  readonly seed?: number;
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

/** The percentile interval of a mean over resampled blocks of a circle, long enough to keep overlapping labels together.
 *  source: Politis and Romano, A Circular Block-Resampling Procedure for Stationary Data (1992) */
export function blockBootstrapInterval(values: ArrayLike<number>, options: IntervalOptions = {}): Interval {
  const {horizon = 1, confidence = 0.95, resamples = 2000, seed = 0} = options;
  const count = values.length;
  const block = Math.min(count, Math.max(2 * horizon, Math.ceil(Math.cbrt(count))));
  const blocks = Math.ceil(count / block);
  // Sums up to each place of the circle gone round twice: a block's sum is a difference of two.
  const sums = new Float64Array(2 * count + 1);
  for (let i = 0; i < 2 * count; i++) sums[i + 1] = sums[i]! + values[i % count]!;

  const random = new SeededRandom(`block bootstrap ${seed}`);
  const means = new Float64Array(resamples);
  for (let r = 0; r < resamples; r++) {
    let sum = 0;
    for (let b = 0; b < blocks; b++) {
      const from = Math.floor(random.uniform() * count);
      sum += sums[from + (b === blocks - 1 ? count - block * b : block)]! - sums[from]!;
    }
    means[r] = sum / count;
  }
  means.sort();
  const tail = (1 - confidence) / 2;
  const at = (share: number): number =>
    means[Math.min(resamples - 1, Math.max(0, Math.round(share * (resamples - 1))))]!;
  return {value: sums[count]! / count, low: at(tail), high: at(1 - tail)};
}
