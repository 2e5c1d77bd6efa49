import type {CandleWindow} from '../candle-window.js';
import type {Indicator} from './indicator.js';

/** On-balance volume over the last 50 changes: bounded, so that it does not depend on where history begins. */
export class OnBalanceVolume implements Indicator {
  readonly name = 'on-balance-volume';

  update(window: CandleWindow, row: Float64Array, at: number): void {
    const {signedVolume, head} = window;
    let sum = 0;
    for (let k = 0; k < 50; k++) sum += signedVolume[head - k]!;
    row[at] = sum;
  }
}
