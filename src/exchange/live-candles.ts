import {setTimeout as sleep} from 'node:timers/promises';
import type {CandleSource} from '../candles/candle-source.js';
import {CandleSequencer} from '../candles/sequence-candles.js';
import type {Candle} from '../domain/candle.js';
import {ExchangeError, mayPass} from '../domain/exchange-error.js';
import type {Timeframe} from '../domain/timeframe.js';
import {CcxtCandles} from './ccxt-candles.js';
import type {CcxtConnection} from './ccxt-connection.js';
import {yieldToEvents} from './yield-to-events.js';

/** An exchange needs a moment to finish the candle that has just closed. */
const GRACE_MS = 1000;
const FIRST_LATE_WAIT_MS = 500;
const LONGEST_LATE_WAIT_MS = 60_000;
/** A newer candle may be there before an older one: a hole in front of the newest is asked for again so often. */
const LOOKS_AT_A_HOLE = 3;
const FIRST_OUTAGE_WAIT_MS = 5000;
const LONGEST_OUTAGE_WAIT_MS = 60_000;
/** A timer does not see how long the machine slept. */
const LONGEST_TIMER_MS = 20_000;
/** Somebody who watches hears of an outage at its beginning, now and then, and at its end. */
const OUTAGE_NOTE_MS = 600_000;

export interface LiveCandlesOptions {
  /** Base/quote, such as `BTC/USDT`. */
  readonly symbol: string;
  readonly timeframe: Timeframe;
  /** Closed candles to begin with, counted back from now. */
  readonly history: number;
  /** Told of outages and their end. */
  readonly onNote?: (text: string) => void;
  /** Waits; a test has time of its own. Rejects at an abort. */
  readonly wait?: (ms: number, signal: AbortSignal | undefined) => Promise<void>;
  readonly signal?: AbortSignal | undefined;
}

/** A market at an exchange as it goes on: some history, then each candle once it has closed, without end. What has closed is the
 *  exchange's clock to say. A late candle is polled for; while the network is gone it waits, then catches up, so that every candle
 *  comes, in order, before the next one is waited for. */
export class LiveCandles implements CandleSource {
  readonly label: string;
  readonly simulated = false;
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly #connection: CcxtConnection;
  readonly #startMs: number;
  readonly #options: LiveCandlesOptions;
  readonly #wait: NonNullable<LiveCandlesOptions['wait']>;

  private constructor(connection: CcxtConnection, options: LiveCandlesOptions, now: CcxtCandles) {
    this.label = `live candles of ${now.label}`;
    this.symbol = options.symbol;
    this.timeframe = options.timeframe;
    this.#connection = connection;
    this.#options = options;
    this.#startMs = now.stopMs - options.history * options.timeframe.ms;
    this.#wait = options.wait ?? realWait;
  }

  /** @throws as `CcxtCandles.open`: at the beginning a wrong address is more likely than an outage */
  static async open(connection: CcxtConnection, options: LiveCandlesOptions): Promise<LiveCandles> {
    const {symbol, timeframe, signal} = options;
    const now = await CcxtCandles.open(connection, {symbol, timeframe, sinceMs: 0}, signal);
    return new LiveCandles(connection, options, now);
  }

  /** @param after begins behind this candle, which an earlier run took in, whatever has happened since
   *  @throws the reason of an abort, and what is no outage: EXCHANGE_FAILED SYMBOL_UNKNOWN */
  candles(signal?: AbortSignal, after?: Candle): AsyncIterable<Candle> {
    return yieldToEvents(this.#live(signal, after), signal);
  }

  async *#live(
    signal: AbortSignal | undefined,
    after: Candle | undefined,
  ): AsyncGenerator<Candle, void, undefined> {
    const {ms} = this.timeframe;
    const sequencer = new CandleSequencer({timeframe: this.timeframe, locate: () => this.label});
    if (after !== undefined) sequencer.push(after);
    let nextMs = after === undefined ? this.#startMs : after.openTimeMs + ms;
    let [empty, looks] = [0, 0];
    const outage = new Outage(this.label, (text) => this.#options.onNote?.(text));
    for (;;) {
      signal?.throwIfAborted();
      let waitMs: number;
      try {
        const {symbol, timeframe} = this;
        // Decisions are reviewed by the exchange's clock, in runs of weeks as well.
        await this.#connection.syncClock(signal);
        const now = await CcxtCandles.open(this.#connection, {symbol, timeframe, sinceMs: nextMs}, signal);
        const page = await firstPage(now, signal);
        outage.end();
        const hole = page.length > 0 && page[0]!.openTimeMs > nextMs && sequencer.last !== undefined;
        if (hole && looks < LOOKS_AT_A_HOLE) {
          looks += 1;
          waitMs = GRACE_MS * looks;
        } else if (page.length > 0) {
          [empty, looks] = [0, 0];
          for (const candle of page) yield* sequencer.push(candle);
          nextMs = page.at(-1)!.openTimeMs + ms;
          // More of it may lie there.
          waitMs = nextMs < now.stopMs ? 0 : untilClosed(nextMs + ms, now);
        } else if (nextMs < now.stopMs) {
          waitMs = Math.min(LONGEST_LATE_WAIT_MS, FIRST_LATE_WAIT_MS * 2 ** empty);
          empty += 1;
        } else waitMs = untilClosed(nextMs + ms, now);
      } catch (error) {
        signal?.throwIfAborted();
        if (!(error instanceof ExchangeError) || !mayPass(error)) throw error;
        waitMs = outage.begin(error);
      }
      outage.waited(waitMs);
      if (waitMs > 0) await this.#pause(waitMs, signal);
    }
  }

  async #pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
    try {
      await this.#wait(ms, signal);
    } catch (reason) {
      signal?.throwIfAborted();
      throw reason;
    }
  }
}

/** The next candles that have closed, in order: the first page that has any. */
async function firstPage(candles: CcxtCandles, signal: AbortSignal | undefined): Promise<readonly Candle[]> {
  for await (const {candles: found} of candles.pages(signal)) if (found.length > 0) return found;
  return [];
}

function untilClosed(closeMs: number, {openedAtMs}: CcxtCandles): number {
  return closeMs - openedAtMs + GRACE_MS;
}

/** A stretch of time in which the exchange did not answer. */
class Outage {
  readonly #label: string;
  readonly #onNote: (text: string) => void;
  #failures = 0;
  #lastedMs = 0;
  #notedMs = 0;

  constructor(label: string, onNote: (text: string) => void) {
    this.#label = label;
    this.#onNote = onNote;
  }

  /** @returns how long to wait before asking again, ms */
  begin(error: ExchangeError): number {
    const waitMs = Math.max(
      error.retryAfterMs ?? 0,
      Math.min(LONGEST_OUTAGE_WAIT_MS, FIRST_OUTAGE_WAIT_MS * 2 ** this.#failures),
    );
    if (this.#failures === 0 || this.#lastedMs - this.#notedMs >= OUTAGE_NOTE_MS) {
      this.#notedMs = this.#lastedMs;
      this.#onNote(`${this.#label}: ${error.message}; trying again until it answers`);
    }
    this.#failures += 1;
    return waitMs;
  }

  waited(ms: number): void {
    if (this.#failures > 0) this.#lastedMs += ms;
  }

  end(): void {
    if (this.#failures > 0) {
      const seconds = Math.round(this.#lastedMs / 1000);
      this.#onNote(`${this.#label}: it answers again after about ${String(seconds)} s; catching up`);
    }
    this.#failures = 0;
    this.#lastedMs = 0;
    this.#notedMs = 0;
  }
}

/** By the clock on the wall, or by a stopwatch where that is sooner: the machine may sleep, and its clock be set. */
async function realWait(ms: number, signal: AbortSignal | undefined): Promise<void> {
  const [due, stopwatchDue] = [Date.now() + ms, performance.now() + ms];
  for (;;) {
    const leftMs = Math.min(due - Date.now(), stopwatchDue - performance.now());
    if (leftMs <= 0) return;
    await sleep(Math.min(leftMs, LONGEST_TIMER_MS), undefined, {signal});
  }
}
