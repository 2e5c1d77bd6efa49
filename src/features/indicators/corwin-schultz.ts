import type {CandleWindow} from '../candle-window.js';
import type {Indicator} from './indicator.js';

const K = 3 - 2 * Math.SQRT2;

/** Corwin and Schultz' spread estimate from the ranges of the last two candles, as a fraction. */
export class CorwinSchultz implements Indicator {
  readonly name = 'corwin-schultz';

  update(window: CandleWindow, row: Float64Array, at: number): void {
    const {high, low, logRange, head} = window;
    const range = logRange[head]!;
    const rangeBefore = logRange[head - 1]!;
    const b = range * range + rangeBefore * rangeBefore;
    const jointRange = Math.log(
      Math.max(high[head]!, high[head - 1]!) / Math.min(low[head]!, low[head - 1]!),
    );
    // sqrt(g / k) with g the square of a range that is never negative.
    const a = (Math.sqrt(2 * b) - Math.sqrt(b)) / K - jointRange / Math.sqrt(K);
    const growth = Math.exp(a);
    row[at] = Math.max(0, (2 * (growth - 1)) / (1 + growth));
  }
}
