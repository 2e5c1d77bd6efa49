import type {CandleWindow} from '../candle-window.js';
import {OVER_20, OVER_50} from '../nested-windows.js';
import type {Indicator} from './indicator.js';

/** How far the close lies from the highest high and the lowest low of 20 and of 50 candles, as fractions of the
 *  close, and where in the range of 20 it lies, 0..1. */
export class PriceExtremes implements Indicator {
  readonly name = 'price-extremes';

  update(window: CandleWindow, row: Float64Array, at: number): void {
    const {highest, lowest} = window.nested;
    const close = window.close[window.head]!;
    const range = highest[OVER_20]! - lowest[OVER_20]!;
    row[at] = (highest[OVER_20]! - close) / close;
    row[at + 1] = (close - lowest[OVER_20]!) / close;
    row[at + 2] = (highest[OVER_50]! - close) / close;
    row[at + 3] = (close - lowest[OVER_50]!) / close;
    row[at + 4] = range === 0 ? 0.5 : (close - lowest[OVER_20]!) / range;
  }
}
