import type {CandleWindow} from '../candle-window.js';
import {OVER_20} from '../nested-windows.js';
import type {Indicator} from './indicator.js';

/** Bands of two population deviations about the 20-candle mean, their width and where in them the close lies. */
export class BollingerBands implements Indicator {
  readonly name = 'bollinger-bands';

  update(window: CandleWindow, row: Float64Array, at: number): void {
    const mean = window.nested.mean[OVER_20]!;
    const deviation = Math.sqrt(window.nested.squares[OVER_20]! / 20);
    row[at] = mean + 2 * deviation;
    row[at + 1] = mean - 2 * deviation;
    row[at + 2] = mean;
    row[at + 3] = (4 * deviation) / mean;
    // (c - lower) / (upper - lower), written so that narrow bands about a high price lose no digits.
    row[at + 4] = deviation === 0 ? 0.5 : 0.5 + window.nested.aboveMean[OVER_20]! / (4 * deviation);
  }
}
