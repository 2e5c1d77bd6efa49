import type {CandleWindow} from '../candle-window.js';
import type {IndicatorName} from '../schema.js';

/** Computes a run of neighbouring features of the schema. */
export interface Indicator {
  readonly name: IndicatorName;
  /** All that it remembers between candles beyond the window, so that a snapshot can save and restore it;
   *  `undefined` where the window is all it needs. */
  readonly state?: Float64Array;
  /** Takes the newest candle of the window in and writes its features to row[at], row[at + 1], ...
   *  Called once a candle, in order; allocates nothing. While the window is not yet full what it writes means
   *  nothing, but its state must be right. */
  update(window: CandleWindow, row: Float64Array, at: number): void;
}
