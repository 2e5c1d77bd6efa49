import type {CandleWindow} from '../candle-window.js';
import type {Indicator} from './indicator.js';

const PAIRS = 20;

/** Roll's spread estimate: bid-ask bounce shows as negative covariance of consecutive changes. */
export class RollSpread implements Indicator {
  readonly name = 'roll-spread';

  update(window: CandleWindow, row: Float64Array, at: number): void {
    const {change, head} = window;
    // Both series are measured from a member of their window, so that equal changes give exactly 0.
    const newest = change[head]!;
    const newestBefore = change[head - 1]!;
    let sum = 0;
    let sumBefore = 0;
    for (let k = 0; k < PAIRS; k++) {
      sum += change[head - k]! - newest;
      sumBefore += change[head - k - 1]! - newestBefore;
    }
    const mean = sum / PAIRS;
    const meanBefore = sumBefore / PAIRS;

    let products = 0;
    for (let k = 0; k < PAIRS; k++) {
      products += (change[head - k]! - newest - mean) * (change[head - k - 1]! - newestBefore - meanBefore);
    }
    const covariance = products / (PAIRS - 1);
    row[at] = (2 * Math.sqrt(Math.max(0, 0 - covariance))) / window.close[head]!;
  }
}
