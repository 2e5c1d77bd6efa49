import type {CandleWindow} from '../candle-window.js';
import {SPANS} from '../nested-windows.js';
import type {Indicator} from './indicator.js';

/** Mean volume over 5, 10, 20 and 50 candles, and the volume relative to it. */
export class VolumeAverages implements Indicator {
  readonly name = 'volume-averages';

  update(window: CandleWindow, row: Float64Array, at: number): void {
    const volume = window.volume[window.head]!;
    for (let span = 0; span < SPANS.length; span++) {
      const mean = window.nested.volume[span]! / SPANS[span]!;
      row[at + 2 * span] = mean;
      row[at + 2 * span + 1] = mean === 0 ? 1 : volume / mean;
    }
  }
}
