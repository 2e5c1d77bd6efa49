import type {CandleWindow} from '../candle-window.js';
import {SPANS} from '../nested-windows.js';
import type {Indicator} from './indicator.js';

/** Fractional changes over 5, 10, 20 and 50 candles, the last log return, and the candle's own body and range. */
export class Returns implements Indicator {
  readonly name = 'returns';

  update(window: CandleWindow, row: Float64Array, at: number): void {
    const {close, open, high, low, head} = window;
    const newest = close[head]!;
    for (let span = 0; span < SPANS.length; span++) {
      row[at + span] = newest / close[head - SPANS[span]!]! - 1;
    }
    row[at + 4] = window.logReturn[head]!;
    row[at + 5] = (newest - open[head]!) / open[head]!;
    row[at + 6] = (high[head]! - low[head]!) / newest;
  }
}
