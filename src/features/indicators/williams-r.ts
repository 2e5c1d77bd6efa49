import type {CandleWindow} from '../candle-window.js';
import type {Indicator} from './indicator.js';

/** Williams %R over 14 candles: how far below the highest high the close lies, -100..0. */
export class WilliamsR implements Indicator {
  readonly name = 'williams-r';

  update(window: CandleWindow, row: Float64Array, at: number): void {
    const highest = window.highest.over14;
    const range = highest - window.lowest.over14;
    // 0 - x, because -x of 0 would be -0.
    row[at] = range === 0 ? -50 : 0 - (100 * (highest - window.close[window.head]!)) / range;
  }
}
