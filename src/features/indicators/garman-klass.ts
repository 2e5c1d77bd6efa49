import type {CandleWindow} from '../candle-window.js';
import type {Indicator} from './indicator.js';

/** Garman and Klass' volatility per candle over 20 candles, from ranges and bodies. */
export class GarmanKlass implements Indicator {
  readonly name = 'garman-klass';

  update(window: CandleWindow, row: Float64Array, at: number): void {
    const {garmanKlass, head} = window;
    let sum = 0;
    for (let k = 0; k < 20; k++) sum += garmanKlass[head - k]!;
    row[at] = Math.sqrt(Math.max(0, sum / 20));
  }
}
