import type {CandleWindow} from '../candle-window.js';
import type {Indicator} from './indicator.js';

/** Amihud's illiquidity over 20 candles: absolute log return per million quote traded. */
export class Amihud implements Indicator {
  readonly name = 'amihud';

  update(window: CandleWindow, row: Float64Array, at: number): void {
    const {illiquidity, head} = window;
    let sum = 0;
    let traded = 0;
    for (let k = 0; k < 20; k++) {
      const value = illiquidity[head - k]!;
      if (value >= 0) {
        sum += value;
        traded += 1;
      }
    }
    row[at] = traded === 0 ? 0 : (1e6 * sum) / traded;
  }
}
