import type {CandleWindow} from '../candle-window.js';
import type {Indicator} from './indicator.js';

const N = 20;
const SKEW_ADJUSTMENT = Math.sqrt(N * (N - 1)) / (N - 2);
const KURT_ADJUSTMENT = (N - 1) / ((N - 2) * (N - 3));

/** Adjusted Fisher-Pearson skewness and unbiased excess kurtosis of the last 20 returns. */
export class ReturnMoments implements Indicator {
  readonly name = 'return-moments';

  update(window: CandleWindow, row: Float64Array, at: number): void {
    const {simpleReturn, head} = window;
    // Measured from a member of the window: equal returns have variance exactly 0, whatever a mean rounds to.
    const newest = simpleReturn[head]!;
    let sum = 0;
    for (let k = 1; k < N; k++) sum += simpleReturn[head - k]! - newest;
    const mean = sum / N;

    let second = 0;
    let third = 0;
    let fourth = 0;
    for (let k = 0; k < N; k++) {
      const deviation = simpleReturn[head - k]! - newest - mean;
      const square = deviation * deviation;
      second += square;
      third += square * deviation;
      fourth += square * square;
    }
    if (second === 0) {
      row[at] = 0;
      row[at + 1] = 0;
      return;
    }
    const variance = second / N;
    row[at] = (SKEW_ADJUSTMENT * (third / N)) / (variance * Math.sqrt(variance));
    row[at + 1] = KURT_ADJUSTMENT * (((N + 1) * (fourth / N)) / (variance * variance) - 3 * (N - 1));
  }
}
