import type {CandleWindow} from '../candle-window.js';
import type {Indicator} from './indicator.js';

/** open, high, low, close, volume as they are. */
export class CandleChannels implements Indicator {
  readonly name = 'candle-channels';

  update(window: CandleWindow, row: Float64Array, at: number): void {
    const {head} = window;
    row[at] = window.open[head]!;
    row[at + 1] = window.high[head]!;
    row[at + 2] = window.low[head]!;
    row[at + 3] = window.close[head]!;
    row[at + 4] = window.volume[head]!;
  }
}
