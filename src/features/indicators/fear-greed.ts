import type {CandleWindow} from '../candle-window.js';
import type {SentimentSeries} from '../sentiment.js';
import type {Indicator} from './indicator.js';

/** What stands for a sentiment that nobody observed: the middle of the scale. */
export const NEUTRAL_SENTIMENT = 50;

/** The last sentiment published at or before the candle's open. */
export class FearGreed implements Indicator {
  readonly name = 'sentiment';
  /** True where the newest value came from the series, false where it is the neutral default. */
  observed = false;
  /** What an earlier life observed for the next candle, null for nothing; `undefined`: the series is asked. */
  recalled: number | null | undefined;
  readonly #series: SentimentSeries | undefined;

  constructor(series?: SentimentSeries) {
    this.#series = series;
  }

  update(window: CandleWindow, row: Float64Array, at: number): void {
    const value =
      this.recalled === undefined ? this.#series?.valueAt(window.openTimeMs) : (this.recalled ?? undefined);
    this.recalled = undefined;
    // A series may be a stranger's: what lies off the scale is treated as missing.
    this.observed = value !== undefined && value >= 0 && value <= 100;
    row[at] = this.observed ? value! : NEUTRAL_SENTIMENT;
  }
}
