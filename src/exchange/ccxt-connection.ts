import {z} from 'zod';
import {DlTradeError} from '../domain/errors.js';
import {ExchangeError} from '../domain/exchange-error.js';
import {nearestNames} from '../domain/nearest-names.js';
import type {CcxtApi, CcxtClass} from './ccxt-api.js';
import {translateCcxtError} from './ccxt-error.js';
import {exchangeModule} from './ccxt-ids.js';
import {retryReads} from './retry-reads.js';
import type {RetryOptions} from './retry-reads.js';
import {wholeBodyFetch} from './whole-body-fetch.js';

const TIMEOUT_MS = 10_000;
/** A network that fails is waited for about half a minute. */
const ATTEMPTS = 7;
/** One that never worked is more likely a wrong address. */
const FIRST_ATTEMPTS = 3;

export interface ConnectionOptions {
  /** A ccxt id. */
  readonly provider: string;
  /** The exchange's test network, where it has one. */
  readonly testnet: boolean;
  /** Replaces the origin of every address of the exchange. */
  readonly baseUrl?: string | undefined;
  /** For one request with its answer, ms; 10 s unless said otherwise. */
  readonly timeoutMs?: number;
  /** Told before each wait for another attempt of a read. */
  readonly onRetry?: RetryOptions['onRetry'];
  /** Waits between attempts; a test has time of its own. */
  readonly wait?: NonNullable<RetryOptions['wait']>;
}

const MARKETS = z.record(
  z.string(),
  z.looseObject({
    symbol: z.string(),
    base: z.string(),
    quote: z.string(),
    spot: z.boolean().nullish(),
    active: z.boolean().nullish(),
  }),
);

/** 2010 to 2100: nothing was traded earlier, and a clock in other units lies outside. */
const SERVER_TIME = z.number().int().min(1_262_304_000_000).max(4_102_444_800_000);

/** One spot exchange through ccxt, of which that exchange's class alone is loaded. Reads are rate-limited, checked and tried
 *  again; errors are ours. */
export class CcxtConnection {
  readonly provider: string;
  readonly testnet: boolean;
  // Private, since ccxt shows its credentials to whoever prints it.
  readonly #api: CcxtApi;
  readonly #closing: AbortController;
  readonly #options: ConnectionOptions;
  #symbols: ReadonlySet<string> | undefined;
  #hasAnswered = false;

  private constructor(api: CcxtApi, closing: AbortController, options: ConnectionOptions) {
    this.provider = options.provider;
    this.testnet = options.testnet;
    this.#api = api;
    this.#closing = closing;
    this.#options = options;
  }

  /** Loads the exchange's class; nothing is sent.
   *  @throws PROVIDER_UNSUPPORTED for an unknown id, one without a spot market, or `testnet` where there is none */
  static async open(options: ConnectionOptions): Promise<CcxtConnection> {
    const {provider, testnet, baseUrl, timeoutMs = TIMEOUT_MS} = options;
    const module = (await import(exchangeModule(provider))) as {default: CcxtClass};
    const closing = new AbortController();
    const api = new module.default({
      enableRateLimit: true,
      timeout: timeoutMs,
      fetchImplementation: wholeBodyFetch(provider, closing.signal),
      options: {defaultType: 'spot', recvWindow: 5000, fetchCurrencies: false, fetchMargins: false},
    });
    if (api.has['spot'] !== true)
      throw unsupported(provider, 'has no spot market; futures are not supported');
    loadSpotMarketsOnly(api);
    if (testnet) enterTestnet(api);
    if (baseUrl !== undefined) api.urls.api = withOrigin(api.urls.api, baseUrl);
    // ccxt picks the table by the address, which another origin hides.
    Object.assign((api.exceptions ?? {}).exact ?? {}, api.exceptions?.spot?.exact);
    keepEveryRow(api);
    return new CcxtConnection(api, closing, options);
  }

  /** Spellings of the candle lengths that the exchange has, as it has them. */
  get timeframes(): readonly string[] {
    return Object.keys(this.#api.timeframes ?? {});
  }

  /** Candles that one request gives at most, as ccxt says; 500 where it says nothing. */
  get candlesPerPage(): number {
    const features = z.looseObject({
      spot: z.looseObject({fetchOHLCV: z.looseObject({limit: z.number().int().positive()})}),
    });
    const found = features.safeParse(this.#api.features);
    // A page is what an interrupted fetch loses.
    return Math.min(5000, found.data?.spot.fetchOHLCV.limit ?? 500);
  }

  /** True where the exchange gives candles. */
  get hasCandles(): boolean {
    return this.#api.has['fetchOHLCV'] === true;
  }

  /** Asks the exchange something that changes nothing there; tries again where that may help.
   *  @param what for messages: `the candles of BTC/USDT`
   *  @throws EXCHANGE_FAILED EXCHANGE_UNREACHABLE EXCHANGE_RATE_LIMITED EXCHANGE_ANSWER_INVALID, the reason of an abort,
   *  and any DlTradeError that `ask` throws */
  async read<T>(what: string, ask: (api: CcxtApi) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const {onRetry, wait} = this.#options;
    return await retryReads(
      async () => {
        signal?.throwIfAborted();
        try {
          const answer = await untilAborted(ask(this.#api), signal);
          this.#hasAnswered = true;
          return answer;
        } catch (error) {
          signal?.throwIfAborted();
          this.#closing.signal.throwIfAborted();
          throw translateCcxtError(error, {
            ...{provider: this.provider, what, headers: this.#api.last_response_headers},
            nowMs: Date.now(),
          });
        }
      },
      {attempts: this.#hasAnswered ? ATTEMPTS : FIRST_ATTEMPTS, signal, onRetry, ...(wait && {wait})},
    );
  }

  /** The exchange's clock, ms; ours where it has none to ask. Ours may be wrong, and what has closed is the exchange's to say.
   *  @throws as `read` */
  async serverTimeMs(signal?: AbortSignal): Promise<number> {
    if (this.#api.has['fetchTime'] !== true) return Date.now();
    return await this.read(
      'its time',
      async (api) => {
        const answer: unknown = await api.fetchTime();
        const time = SERVER_TIME.safeParse(answer);
        if (time.success) return time.data;
        throw this.invalid(`its time was "${String(answer)}", want ms since 1970`);
      },
      signal,
    );
  }

  /** @throws SYMBOL_UNKNOWN for what is no spot market of the exchange, naming the nearest; else as `read` */
  async requireSymbol(symbol: string, signal?: AbortSignal): Promise<void> {
    this.#symbols ??= await this.read('its list of markets', (api) => this.#loadSymbols(api), signal);
    if (this.#symbols.has(symbol)) return;
    const near = nearestNames(
      symbol.replace(/^([A-Za-z0-9]+?)[-_]?(USD[TC]?|BTC|EUR)$/i, '$1/$2'),
      this.#symbols,
    );
    const hint = near.length === 0 ? 'want base/quote such as BTC/USDT' : `did you mean ${near.join(', ')}?`;
    throw new DlTradeError(
      'SYMBOL_UNKNOWN',
      `symbol was "${symbol}", which is no spot market of ${this.provider}; ${hint}`,
      {details: {symbol, provider: this.provider, near}},
    );
  }

  /** Ends what is under way, and lets nothing more out. */
  close(): void {
    this.#closing.abort(new Error(`the connection to ${this.provider} was closed`));
  }

  /** What to throw for an answer that does not hold what it must.
   *  @returns EXCHANGE_ANSWER_INVALID */
  invalid(what: string): ExchangeError {
    return new ExchangeError('EXCHANGE_ANSWER_INVALID', `${this.provider}: ${what}; try again later`, {
      outcome: 'unknown',
      details: {provider: this.provider},
    });
  }

  async #loadSymbols(api: CcxtApi): Promise<ReadonlySet<string>> {
    const markets = MARKETS.safeParse(await api.loadMarkets());
    if (!markets.success) {
      throw this.invalid(
        `its list of markets breaks the format (${z.prettifyError(markets.error).slice(0, 200)})`,
      );
    }
    const spot = Object.values(markets.data).filter((market) => market.spot === true);
    if (spot.length === 0) throw this.invalid('its list of markets holds no spot market');
    return new Set(spot.map(({symbol}) => symbol));
  }
}

/** Other kinds of markets would cost a request each, at hosts that need not even answer. */
function loadSpotMarketsOnly(api: CcxtApi): void {
  const options = api.options['fetchMarkets'];
  const types = (options as {types?: unknown} | undefined)?.types;
  if (Array.isArray(types)) Object.assign(options as object, {types: ['spot']});
  else if (typeof types === 'object' && types !== null) {
    for (const type of Object.keys(types)) Object.assign(types, {[type]: type === 'spot'});
  }
}

/** Takes the filter by `since` out of `fetchOHLCV`: it drops every row whose time is missing, and makes no rows of what is no
 *  list, so that garbage would pass for a stretch without trades. */
function keepEveryRow(api: CcxtApi): void {
  const parse = api.parseOHLCVs.bind(api);
  api.parseOHLCVs = (rows, market, timeframe) =>
    Array.isArray(rows) ? parse(rows, market, timeframe) : rows;
}

function enterTestnet(api: CcxtApi): void {
  // Some exchanges have the entry without an address in it, which `setSandboxMode` takes for one.
  if (api.urls.test === undefined || api.urls.test === null) {
    throw unsupported(api.id, 'has no test network; drop --testnet');
  }
  api.setSandboxMode(true);
}

/** The map of addresses, or one of them, with another origin in front of each path. */
function withOrigin(urls: unknown, baseUrl: string): unknown {
  if (typeof urls === 'string') return urls.replace(/^[a-z]+:\/\/[^/]+/, () => baseUrl);
  if (typeof urls !== 'object' || urls === null) return urls;
  return Object.fromEntries(Object.entries(urls).map(([name, inner]) => [name, withOrigin(inner, baseUrl)]));
}

function unsupported(provider: string, why: string): DlTradeError {
  return new DlTradeError('PROVIDER_UNSUPPORTED', `provider was "${provider}", which ${why}`, {
    details: {provider},
  });
}

/** A promise that an abort does not wait for. */
async function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return await work;
  let stop: () => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => {
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', stop, {once: true});
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
    work.catch(() => undefined);
  }
}
