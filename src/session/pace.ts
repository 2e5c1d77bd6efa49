import {setTimeout as sleep} from 'node:timers/promises';
import type {CandleSource} from '../candles/candle-source.js';

/** What a person can follow, whatever the timeframe. */
const SIMULATED_CANDLE_MS = 1000;
/** The longest that a timer can wait; beyond it, it would not wait at all. */
const LONGEST_WAIT_MS = 2 ** 31 - 1;

/** Waits between candles, so that a simulation or a replay runs at a pace of its own or at a given one. */
export class Pace {
  readonly #waitMs: number;

  /** @param speed candle time over real time, > 0; `max` never waits; undefined: a simulation shows a candle a second, a
   *    file does not wait */
  constructor(
    {timeframe, simulated}: Pick<CandleSource, 'timeframe' | 'simulated'>,
    speed: number | 'max' | undefined,
  ) {
    if (speed === 'max') this.#waitMs = 0;
    else if (speed === undefined) this.#waitMs = simulated ? SIMULATED_CANDLE_MS : 0;
    else this.#waitMs = Math.min(timeframe.ms / speed, LONGEST_WAIT_MS);
  }

  /** Resolves when the next candle is due, or at once when the signal aborts. */
  async next(signal: AbortSignal): Promise<void> {
    if (this.#waitMs === 0 || signal.aborted) return;
    await sleep(this.#waitMs, undefined, {signal}).catch(() => undefined);
  }
}
