import type {CandleWindow} from '../candle-window.js';
import type {Indicator} from './indicator.js';

const WILDER = 1 / 14;

/** Wilder's average true range over 14 candles, and as a fraction of the close. */
export class AverageTrueRange implements Indicator {
  readonly name = 'average-true-range';
  /** Average, 1 once seeded. */
  readonly state = new Float64Array(2);

  update(window: CandleWindow, row: Float64Array, at: number): void {
    const {state} = this;
    const {high, low, close, head} = window;
    let trueRange = high[head]! - low[head]!;
    if (window.hasChange) {
      const before = close[head - 1]!;
      trueRange = Math.max(trueRange, Math.abs(high[head]! - before), Math.abs(low[head]! - before));
    }
    if (state[1] === 0) {
      state[0] = trueRange;
      state[1] = 1;
    } else {
      state[0] = state[0]! + WILDER * (trueRange - state[0]!);
    }
    row[at] = state[0];
    row[at + 1] = state[0] / close[head]!;
  }
}
