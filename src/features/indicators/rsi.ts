import type {CandleWindow} from '../candle-window.js';
import type {Indicator} from './indicator.js';

const WILDER = 1 / 14;

/** A long flat stretch leaves only the rounding of what came before it: below this fraction of the price there
 *  is no strength to speak of. */
const NO_MOVEMENT = 1e-12;

/** Wilder's relative strength index over 14 candles, 0..100. */
export class Rsi implements Indicator {
  readonly name = 'rsi';
  /** Average gain, average loss, 1 once seeded. */
  readonly state = new Float64Array(3);

  update(window: CandleWindow, row: Float64Array, at: number): void {
    const {state} = this;
    if (window.hasChange) {
      const change = window.change[window.head]!;
      const gain = Math.max(change, 0);
      const loss = Math.max(-change, 0);
      if (state[2] === 0) {
        state[0] = gain;
        state[1] = loss;
        state[2] = 1;
      } else {
        state[0] = state[0]! + WILDER * (gain - state[0]!);
        state[1] = state[1]! + WILDER * (loss - state[1]!);
      }
    }
    const movement = state[0]! + state[1]!;
    row[at] = movement <= NO_MOVEMENT * window.close[window.head]! ? 50 : (100 * state[0]!) / movement;
  }
}
