import type {Candle} from '../domain/candle.js';
import type {Timeframe} from '../domain/timeframe.js';

/** Where closed candles come from: a file, a simulation, an exchange. The data rules are already applied:
 *  strictly increasing, on the grid, short gaps filled and flagged, long gaps flagged by `afterGap`. */
export interface CandleSource {
  /** For people: `simulated market, seed 7` or `replay of btc.csv`. */
  readonly label: string;
  /** True where no price in it was ever traded. */
  readonly simulated: boolean;
  readonly symbol: string;
  readonly timeframe: Timeframe;
  /** The same candles in the same order at every call, from the first one that the source has.
   *  @param after an earlier run took in everything up to this candle; what a source cannot make again begins behind it
   *  @throws CANDLES_EMPTY CANDLES_INVALID FILE_UNREADABLE when iterated */
  candles(signal?: AbortSignal, after?: Candle): AsyncIterable<Candle>;
}
