import type {CandleWindow} from '../candle-window.js';
import {SPANS} from '../nested-windows.js';
import type {Indicator} from './indicator.js';

/** Sample deviation of the close over 5, 10, 20 and 50 candles, and as a fraction of the close. */
export class Deviations implements Indicator {
  readonly name = 'deviations';

  update(window: CandleWindow, row: Float64Array, at: number): void {
    const close = window.close[window.head]!;
    for (let span = 0; span < SPANS.length; span++) {
      const deviation = Math.sqrt(window.nested.squares[span]! / (SPANS[span]! - 1));
      row[at + 2 * span] = deviation;
      row[at + 2 * span + 1] = deviation / close;
    }
  }
}
