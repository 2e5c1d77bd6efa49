import type {CandleSource} from '../candles/candle-source.js';
import {floorToGrid} from '../candles/check-candle.js';
import {CandleSequencer} from '../candles/sequence-candles.js';
import type {Candle} from '../domain/candle.js';
import {DlTradeError} from '../domain/errors.js';
import type {Timeframe} from '../domain/timeframe.js';
import type {CcxtConnection} from './ccxt-connection.js';
import {parseOhlcv} from './parse-ohlcv.js';
import {yieldToEvents} from './yield-to-events.js';

/** Which candles of which market. */
export interface CandleRange {
  /** Base/quote, such as `BTC/USDT`. */
  readonly symbol: string;
  readonly timeframe: Timeframe;
  /** The first candle opens then or later. */
  readonly sinceMs: number;
  /** The last candle opens before; undefined: everything that has closed. */
  readonly untilMs?: number | undefined;
}

/** What one request gave. */
export interface CandlePage {
  /** Closed, sound, in time order, none twice; none where the exchange has a hole as long as a page. */
  readonly candles: readonly Candle[];
  /** Everything that opens before has been asked for. */
  readonly doneMs: number;
  /** True where the answer began later than what was asked for and was as full as answers get, up to the present: the exchange
   *  gives its newest candles alone, and does not say so. */
  readonly looksBackOnly: boolean;
}

/** The closed candles of a stretch of time at an exchange: paged forward, checked row by row. Which candles have closed is decided
 *  by the exchange's clock, once, when this is opened. */
export class CcxtCandles implements CandleSource {
  readonly label: string;
  readonly simulated = false;
  readonly symbol: string;
  readonly timeframe: Timeframe;
  /** Open time of the first candle that may come, ms. */
  readonly startMs: number;
  /** Open time behind that of the last candle that may come, ms; at or before `startMs` where none can. */
  readonly stopMs: number;
  /** The exchange's clock when this was opened, ms. */
  readonly openedAtMs: number;
  readonly #connection: CcxtConnection;
  /** Open time of the candle that was open when this was opened. */
  readonly #openFromMs: number;

  private constructor(connection: CcxtConnection, range: CandleRange, nowMs: number) {
    const {symbol, timeframe, sinceMs, untilMs = Infinity} = range;
    this.label = `${connection.provider}${connection.testnet ? ' test network' : ''}`;
    this.symbol = symbol;
    this.timeframe = timeframe;
    this.openedAtMs = nowMs;
    this.#connection = connection;
    this.#openFromMs = floorToGrid(nowMs, timeframe);
    this.startMs = ceilToGrid(sinceMs, timeframe);
    this.stopMs = untilMs < this.#openFromMs ? ceilToGrid(untilMs, timeframe) : this.#openFromMs;
  }

  /** @throws PROVIDER_UNSUPPORTED CONFIG_INVALID for a timeframe that the exchange does not have, SYMBOL_UNKNOWN, and as
   *  `CcxtConnection.read` */
  static async open(
    connection: CcxtConnection,
    range: CandleRange,
    signal?: AbortSignal,
  ): Promise<CcxtCandles> {
    const {provider, timeframes} = connection;
    if (!connection.hasCandles) {
      throw new DlTradeError('PROVIDER_UNSUPPORTED', `provider was "${provider}", which gives no candles`, {
        details: {provider},
      });
    }
    if (!timeframes.includes(range.timeframe.name)) {
      throw new DlTradeError(
        'CONFIG_INVALID',
        `timeframe was "${range.timeframe.name}", which ${provider} does not have; it has ${timeframes.join(', ')}`,
        {details: {setting: 'timeframe', value: range.timeframe.name}},
      );
    }
    await connection.requireSymbol(range.symbol, signal);
    return new CcxtCandles(connection, range, await connection.serverTimeMs(signal));
  }

  /** One page a request, from `startMs` to `stopMs`. */
  async *pages(signal?: AbortSignal): AsyncGenerator<CandlePage, void, undefined> {
    const {ms} = this.timeframe;
    const perPage = this.#connection.candlesPerPage;
    let cursorMs = this.startMs;
    while (cursorMs < this.stopMs) {
      const all = await this.#page(cursorMs, perPage, signal);
      const candles = all.filter(({openTimeMs}) => openTimeMs >= cursorMs && openTimeMs < this.stopMs);
      const last = candles.at(-1);
      const first = all[0];
      // The open candle may be one of those that fill a page, and another may have closed since.
      const looksBackOnly =
        first !== undefined
        && first.openTimeMs > cursorMs
        && all.length >= perPage - 2
        && all.at(-1)!.openTimeMs + ms >= this.#openFromMs;
      // A hole can be longer than a page where the exchange answers with a window of time.
      const doneMs = last === undefined ? cursorMs + perPage * ms : last.openTimeMs + ms;
      cursorMs = Math.min(doneMs, this.stopMs);
      yield {candles, doneMs: cursorMs, looksBackOnly};
    }
  }

  candles(signal?: AbortSignal): AsyncIterable<Candle> {
    return yieldToEvents(this.#sequenced(signal), signal);
  }

  async *#sequenced(signal: AbortSignal | undefined): AsyncGenerator<Candle, void, undefined> {
    const sequencer = new CandleSequencer({timeframe: this.timeframe, locate: () => this.label});
    for await (const {candles} of this.pages(signal)) {
      for (const candle of candles) yield* sequencer.push(candle);
    }
    if (sequencer.last !== undefined) return;
    throw new DlTradeError(
      'CANDLES_EMPTY',
      `${this.label} has no closed ${this.timeframe.name} candle of ${this.symbol} there`,
      {
        details: {symbol: this.symbol},
      },
    );
  }

  async #page(sinceMs: number, limit: number, signal: AbortSignal | undefined): Promise<readonly Candle[]> {
    const what = `the candles of ${this.symbol}`;
    return await this.#connection.read(
      what,
      async (api) => {
        const rows = await api.fetchOHLCV(this.symbol, this.timeframe.name, sinceMs, limit);
        const parsed = parseOhlcv(rows, this.timeframe, this.#openFromMs);
        if (parsed.ok) return parsed.candles;
        throw this.#connection.invalid(`${what} are not sound: ${parsed.fault}`);
      },
      signal,
    );
  }
}

function ceilToGrid(timeMs: number, timeframe: Timeframe): number {
  const floor = floorToGrid(timeMs, timeframe);
  return floor === timeMs ? timeMs : floor + timeframe.ms;
}
