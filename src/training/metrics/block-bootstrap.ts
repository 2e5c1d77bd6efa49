import {SeededRandom} from '../../domain/seeded-random.js';

export interface BootstrapOptions {
  /** Candles that a label looks ahead: blocks are at least twice as long. 1 unless said otherwise. */
  readonly horizon?: number;
  /** Length of a block in candles, at most what there is; by default as `horizon` says, and at least the cube root of N. */
  readonly block?: number;
  /** 2,000 unless said otherwise. */
  readonly resamples?: number;
  /** 0 unless said otherwise. */
  readonly seed?: number;
}

/** Resamples a history in blocks of a circle, long enough to keep overlapping labels together, and sums each column.
 *  @param columns each of shape [N], in time order
 *  @returns for every resample the sum of every column over N samples
 *  source: Politis and Romano, A Circular Block-Resampling Procedure for Stationary Data (1992) */
export function* resampledSums(
  columns: readonly ArrayLike<number>[],
  {horizon = 1, block: wanted, resamples = 2000, seed = 0}: BootstrapOptions = {},
): Generator<number[], void, undefined> {
  const count = columns[0]!.length;
  const block = Math.min(count, wanted ?? Math.max(2 * horizon, Math.ceil(Math.cbrt(count))));
  const blocks = Math.ceil(count / block);
  const lastBlock = count - block * (blocks - 1);
  const prefixes = columns.map(prefixSums);
  const random = new SeededRandom(`block bootstrap ${seed}`);
  for (let r = 0; r < resamples; r++) {
    const sums = columns.map(() => 0);
    for (let b = 0; b < blocks; b++) {
      const from = Math.floor(random.uniform() * count);
      const to = from + (b === blocks - 1 ? lastBlock : block);
      for (const [c, prefix] of prefixes.entries()) sums[c]! += prefix[to]! - prefix[from]!;
    }
    yield sums;
  }
}

/** The middle part of some values.
 *  @param values sorted in place
 *  @param confidence share that lies inside */
export function percentileInterval(values: Float64Array, confidence: number): {low: number; high: number} {
  values.sort();
  const last = values.length - 1;
  const tail = (1 - confidence) / 2;
  return {low: values[Math.round(tail * last)]!, high: values[Math.round((1 - tail) * last)]!};
}

/** Sums up to each place of the circle gone round twice: a block's sum is a difference of two. */
function prefixSums(column: ArrayLike<number>): Float64Array {
  const sums = new Float64Array(2 * column.length + 1);
  for (let i = 0; i < 2 * column.length; i++) sums[i + 1] = sums[i]! + column[i % column.length]!;
  return sums;
}
