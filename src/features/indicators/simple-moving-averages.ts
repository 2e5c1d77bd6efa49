import type {CandleWindow} from '../candle-window.js';
import {SPANS} from '../nested-windows.js';
import type {Indicator} from './indicator.js';

/** Mean close over 5, 10, 20 and 50 candles, and the close relative to it. */
export class SimpleMovingAverages implements Indicator {
  readonly name = 'simple-moving-averages';

  update(window: CandleWindow, row: Float64Array, at: number): void {
    const close = window.close[window.head]!;
    for (let span = 0; span < SPANS.length; span++) {
      const mean = window.nested.mean[span]!;
      row[at + 2 * span] = mean;
      row[at + 2 * span + 1] = close / mean;
    }
  }
}
