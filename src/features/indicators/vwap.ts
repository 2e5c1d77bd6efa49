import type {CandleWindow} from '../candle-window.js';
import {OVER_20} from '../nested-windows.js';
import type {Indicator} from './indicator.js';

/** Volume-weighted average close over 20 candles, and the close relative to it. */
export class Vwap implements Indicator {
  readonly name = 'vwap';

  update(window: CandleWindow, row: Float64Array, at: number): void {
    const {turnover, head} = window;
    const close = window.close[head]!;
    const volume = window.nested.volume[OVER_20]!;
    let traded = 0;
    for (let k = 0; k < 20; k++) traded += turnover[head - k]!;
    // Volumes so small that their products with a price vanish have no average to speak of.
    const vwap = traded > LEAST_TRADED && volume > LEAST_TRADED ? traded / volume : close;
    row[at] = vwap;
    row[at + 1] = close / vwap;
  }
}

const LEAST_TRADED = 1e-200;
