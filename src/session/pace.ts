import {setTimeout as sleep} from 'node:timers/promises';

/** Waits between candles, so that a simulation or a replay runs at a given multiple of real time. */
export class Pace {
  readonly #waitMs: number;

  /** @param speed candle time over real time, > 0; `max` never waits */
  constructor(timeframeMs: number, speed: number | 'max') {
    this.#waitMs = speed === 'max' ? 0 : timeframeMs / speed;
  }

  /** Resolves when the next candle is due, or at once when the signal aborts. */
  async next(signal: AbortSignal): Promise<void> {
    if (this.#waitMs === 0 || signal.aborted) return;
    await sleep(this.#waitMs, undefined, {signal}).catch(() => undefined);
  }
}
