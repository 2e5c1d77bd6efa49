import {readExchangeSettings} from '../config/exchange-settings.js';
import {DlTradeError} from '../domain/errors.js';
import {parseTimeText} from '../domain/time-text.js';
import {parseTimeframe} from '../domain/timeframe.js';
import {CcxtCandles} from '../exchange/ccxt-candles.js';
import {CcxtConnection} from '../exchange/ccxt-connection.js';
import type {ConnectionOptions} from '../exchange/ccxt-connection.js';
import {CandleDownload} from './candle-download.js';

/** What lies before is a year or a count of seconds that was taken for ms. */
const EARLIEST_MS = Date.UTC(1980, 0);

/** Which candles to fetch, and into which file. */
export interface CandleFetch {
  /** A ccxt id; else TRADING_PROVIDER. */
  readonly provider?: string | undefined;
  readonly symbol: string;
  /** As the exchange spells it, such as `1h`. */
  readonly timeframe: string;
  /** The first candle opens then or later: ISO 8601 or ms, UTC. Needed unless there is a file to go on with. */
  readonly since?: string | undefined;
  /** The last candle opens before; else everything that has closed. */
  readonly until?: string | undefined;
  /** `.csv`, `.csv.gz` or `.parquet`; one that is there is gone on with. */
  readonly out: string;
  readonly testnet?: boolean | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal | undefined;
  /** Told after each page how many candles' time is done, and of how many. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Told what a user should hear while it goes on. */
  readonly onNote?: (text: string) => void;
  /** How the exchange is talked to; a test has time of its own. */
  readonly connection?: Pick<ConnectionOptions, 'timeoutMs' | 'wait'>;
}

/** A stretch for which the exchange has no candles. */
export interface FetchGap {
  /** Open times of the first and the last missing candle, ms. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly missing: number;
}

/** What a file holds after a fetch. */
export interface FetchSummary {
  readonly provider: string;
  readonly testnet: boolean;
  readonly symbol: string;
  readonly timeframe: string;
  readonly out: string;
  /** In the whole file. */
  readonly candles: number;
  /** Of them added by this call; an interrupted one before it may have added others. */
  readonly fetched: number;
  /** Open times of the first and the last candle, ms. */
  readonly firstMs: number;
  readonly lastMs: number;
  /** Candles missing between the first and the last. */
  readonly missing: number;
  readonly gaps: readonly FetchGap[];
  readonly longestGap: FetchGap | null;
  readonly warnings: readonly string[];
}

/** Fetches the closed candles of a market into a file, page by page, and goes on with what an earlier call has left there: a
 *  finished file, or the `.part` beside it. Market data is public: no credentials are used.
 *  @throws USAGE CONFIG_INVALID PROVIDER_UNSUPPORTED SYMBOL_UNKNOWN OUTPUT_MISMATCH CANDLES_EMPTY CANDLES_INVALID
 *  FILE_UNREADABLE OUTPUT_FAILED STATE_LOCKED INTERRUPTED and the codes of an ExchangeError; what was fetched until then stays */
export async function fetchCandles(request: CandleFetch): Promise<FetchSummary> {
  const {out, symbol, signal, onNote} = request;
  const settings = readExchangeSettings(request.provider, request.environment);
  const timeframe = parseTimeframe(request.timeframe);
  const sinceMs = parseMoment('--since', request.since);
  const untilMs = parseMoment('--until', request.until);
  if (sinceMs !== undefined && untilMs !== undefined && !(sinceMs < untilMs)) {
    throw new DlTradeError(
      'USAGE',
      `--until was "${request.until!}", want a time behind --since, "${request.since!}"`,
    );
  }
  const download = await CandleDownload.prepare(out, timeframe);
  const connection = await CcxtConnection.open({
    ...{provider: settings.provider, testnet: request.testnet === true, baseUrl: settings.baseUrl},
    ...request.connection,
    onRetry(error, waitMs) {
      onNote?.(`asking again in ${String(waitMs / 1000)} s: ${error.message}`);
    },
  });
  try {
    const base = await download.survey(signal);
    const fromMs = base?.last.openTimeMs ?? sinceMs;
    if (fromMs === undefined) {
      throw new DlTradeError('USAGE', `"${out}" is not there yet; say with --since where to begin`);
    }
    // The candle that the file ends with is asked for again, whatever --until says: it shows that the file is of this market.
    const stopMs = Math.max(untilMs ?? Infinity, base === undefined ? 0 : fromMs + timeframe.ms);
    const range = {symbol, timeframe, sinceMs: fromMs, untilMs: stopMs};
    const candles = await CcxtCandles.open(connection, range, signal);
    const content = await download.run(candles, {...request, sinceMs});
    const {provider, testnet} = connection;
    return {provider, testnet, symbol, timeframe: timeframe.name, out, ...content};
  } catch (error) {
    if (signal?.aborted === true && error === signal.reason) {
      throw new DlTradeError('INTERRUPTED', `stopped by a signal; ${download.whatIsLeft}`, {cause: error});
    }
    if (download.isUnderWay) onNote?.(download.whatIsLeft);
    throw error;
  } finally {
    await download.close();
    connection.close();
  }
}

function parseMoment(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const ms = parseTimeText(text);
  if (ms !== undefined && ms >= EARLIEST_MS) return ms;
  throw new DlTradeError(
    'CONFIG_INVALID',
    `${flag} was "${text}", want a time in UTC such as 2021-01-01, 2021-01-01T12:00 or ms since 1970`,
    {details: {setting: flag, value: text}},
  );
}
