import type {CandleWindow} from '../candle-window.js';
import type {Indicator} from './indicator.js';

const FAST = 2 / (12 + 1);
const SLOW = 2 / (26 + 1);
const SIGNAL = 2 / (9 + 1);

/** Exponential averages of the close over 12 and 26 candles, their difference (MACD), its 9-candle average (the
 *  signal) and what MACD exceeds the signal by. Levels, not changes: a gap does not interrupt them. */
export class Macd implements Indicator {
  readonly name = 'macd';
  /** ema_12, ema_26, signal, 1 once seeded. */
  readonly state = new Float64Array(4);

  update(window: CandleWindow, row: Float64Array, at: number): void {
    const {state} = this;
    const close = window.close[window.head]!;
    if (state[3] === 0) {
      state[0] = close;
      state[1] = close;
      state[3] = 1;
    } else {
      state[0] = state[0]! + FAST * (close - state[0]!);
      state[1] = state[1]! + SLOW * (close - state[1]!);
    }
    const macd = state[0] - state[1];
    // The first macd is 0, so a signal that starts at 0 is seeded with it.
    state[2] = state[2]! + SIGNAL * (macd - state[2]!);

    row[at] = state[0];
    row[at + 1] = state[1];
    row[at + 2] = macd;
    row[at + 3] = state[2];
    row[at + 4] = macd - state[2];
  }
}
