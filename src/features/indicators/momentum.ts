import type {CandleWindow} from '../candle-window.js';
import {SPANS} from '../nested-windows.js';
import type {Indicator} from './indicator.js';

/** Rate of change in percent over 5, 10, 20 and 50 candles, and the plain difference over 10 and 20. */
export class Momentum implements Indicator {
  readonly name = 'momentum';

  update(window: CandleWindow, row: Float64Array, at: number): void {
    const {close, head} = window;
    const newest = close[head]!;
    for (let span = 0; span < SPANS.length; span++) {
      row[at + span] = 100 * (newest / close[head - SPANS[span]!]! - 1);
    }
    row[at + 4] = newest - close[head - 10]!;
    row[at + 5] = newest - close[head - 20]!;
  }
}
