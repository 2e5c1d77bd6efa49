import type {CandleWindow} from '../candle-window.js';
import type {Indicator} from './indicator.js';

/** Williams %R over 14 candles: how far below the highest high the close lies, -100..0. */
export class WilliamsR implements Indicator {
  readonly name = 'williams-r';

  update(window: CandleWindow, row: Float64Array, at: number): void {
    const {high, low, head} = window;
    let highest = high[head]!;
    let lowest = low[head]!;
    for (let k = 1; k < 14; k++) {
      const top = high[head - k]!;
      const bottom = low[head - k]!;
      if (top > highest) highest = top;
      if (bottom < lowest) lowest = bottom;
    }
    const range = highest - lowest;
    // 0 - x, because -x of 0 would be -0.
    row[at] = range === 0 ? -50 : 0 - (100 * (highest - window.close[head]!)) / range;
  }
}
