import type {Candle} from '../domain/candle.js';

/** What the checks may know of the candles before this one: a few numbers, folded candle by candle. */
export class MarketWatch {
  readonly #filledFlags: Uint8Array;
  #next = 0;
  #filledInWindow = 0;
  #candlesSinceGap = 0;
  #previousClose: number | undefined;
  #close: number | undefined;
  #openTimeMs: number | undefined;

  /** @param windowLength candles that a forecast looks at */
  constructor(windowLength: number) {
    this.#filledFlags = new Uint8Array(windowLength);
  }

  push(candle: Candle): void {
    const filled = candle.filled === true ? 1 : 0;
    this.#filledInWindow += filled - this.#filledFlags[this.#next]!;
    this.#filledFlags[this.#next] = filled;
    this.#next = (this.#next + 1) % this.#filledFlags.length;

    this.#candlesSinceGap = candle.afterGap === true ? 0 : this.#candlesSinceGap + 1;
    // Across a long gap the move is the gap's, not a candle's.
    this.#previousClose = candle.afterGap === true ? undefined : this.#close;
    this.#close = candle.close;
    this.#openTimeMs = candle.openTimeMs;
  }

  /** Open time of the last candle seen, ms, UTC. */
  get openTimeMs(): number | undefined {
    return this.#openTimeMs;
  }

  /** Close of the candle before the last one; undefined for the first of a segment. */
  get previousClose(): number | undefined {
    return this.#previousClose;
  }

  /** Candles since the last long gap, or since the first candle; the one right behind the gap counts 0. */
  get candlesSinceGap(): number {
    return this.#candlesSinceGap;
  }

  /** Filled candles among the last `windowLength`. */
  get filledInWindow(): number {
    return this.#filledInWindow;
  }
}
