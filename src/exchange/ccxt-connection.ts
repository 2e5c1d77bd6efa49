import {z} from 'zod';
import {DlTradeError} from '../domain/errors.js';
import {ExchangeError} from '../domain/exchange-error.js';
import type {MarketRules} from '../domain/market-rules.js';
import {nearestNames} from '../domain/nearest-names.js';
import {registerSecret} from '../domain/secrets.js';
import type {CcxtApi, CcxtClass} from './ccxt-api.js';
import {translateCcxtError} from './ccxt-error.js';
import {exchangeModule} from './ccxt-ids.js';
import {SPOT_MARKET, rulesOfMarket} from './ccxt-market.js';
import type {SpotMarket} from './ccxt-market.js';
import {retryReads} from './retry-reads.js';
import type {RetryOptions} from './retry-reads.js';
import {wholeBodyFetch} from './whole-body-fetch.js';

const TIMEOUT_MS = 10_000;
/** A network that fails is waited for about half a minute. */
const ATTEMPTS = 7;
/** One that never worked is more likely a wrong address. */
const FIRST_ATTEMPTS = 3;

/** Which exchange to connect with, and how. */
export interface ConnectionOptions {
  /** A ccxt id. */
  readonly provider: string;
  /** The exchange's test network, where it has one. */
  readonly testnet: boolean;
  /** Replaces the origin of every address of the exchange. */
  readonly baseUrl?: string | undefined;
  /** Without them only what is public can be asked for. */
  readonly credentials?: ExchangeCredentials | undefined;
  /** This machine's clock, ms; a test has one of its own. */
  readonly nowMs?: () => number;
  /** For one request with its answer, ms; 10 s unless said otherwise. */
  readonly timeoutMs?: number;
  /** Spaces requests as the exchange wants them; true unless a test, whose exchange does not mind, says otherwise. */
  readonly paced?: boolean;
  /** Told before each wait for another attempt of a read. */
  readonly onRetry?: RetryOptions['onRetry'];
  /** Waits between attempts; a test has time of its own. */
  readonly wait?: NonNullable<RetryOptions['wait']>;
}

const MARKETS = z.record(z.string(), SPOT_MARKET);

/** This machine's clock drifts away from the exchange's. */
const CLOCK_HOLDS_MS = 600_000;
/** How long a limit without a `Retry-After` is taken to last, and a ban. */
const LIMIT_MS = 60_000;
const BAN_MS = 300_000;

/** What signs requests; each is hidden from every message. */
export interface ExchangeCredentials {
  readonly apiKey: string;
  readonly secret: string;
  /** Where the exchange has one for its keys. */
  readonly password?: string | undefined;
}

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
  readonly #nowMs: () => number;
  #markets: ReadonlyMap<string, SpotMarket> | undefined;
  #hasAnswered = false;
  /** By this machine's clock: until then nothing is sent. */
  #limitedUntilMs = -Infinity;
  #limitIsBan = false;
  /** By this machine's clock: when it was last compared with the exchange's. */
  #comparedMs = -Infinity;

  private constructor(api: CcxtApi, closing: AbortController, options: ConnectionOptions) {
    this.provider = options.provider;
    this.testnet = options.testnet;
    this.#api = api;
    this.#closing = closing;
    this.#options = options;
    this.#nowMs = options.nowMs ?? Date.now;
  }

  /** Loads the exchange's class; nothing is sent.
   *  @throws PROVIDER_UNSUPPORTED for an unknown id, one without a spot market, or `testnet` where there is none */
  static async open(options: ConnectionOptions): Promise<CcxtConnection> {
    const {provider, testnet, baseUrl, credentials, timeoutMs = TIMEOUT_MS} = options;
    for (const secret of [credentials?.apiKey, credentials?.secret, credentials?.password]) {
      if (secret !== undefined) registerSecret(secret);
    }
    const module = (await import(exchangeModule(provider))) as {default: CcxtClass};
    const closing = new AbortController();
    const api = new module.default({
      enableRateLimit: options.paced ?? true,
      timeout: timeoutMs,
      fetchImplementation: wholeBodyFetch(provider, closing.signal),
      options: {defaultType: 'spot', recvWindow: 5000, fetchCurrencies: false, fetchMargins: false},
      ...(credentials && {apiKey: credentials.apiKey, secret: credentials.secret}),
      ...(credentials?.password === undefined ? {} : {password: credentials.password}),
    });
    if (api.has['spot'] !== true)
      throw unsupported(provider, 'has no spot market; futures are not supported');
    loadSpotMarketsOnly(api);
    if (testnet) enterTestnet(api, credentials !== undefined);
    if (baseUrl !== undefined) api.urls.api = withOrigin(api.urls.api, baseUrl);
    // ccxt picks the table by the address, which another origin hides.
    Object.assign((api.exceptions ?? {}).exact ?? {}, api.exceptions?.spot?.exact);
    keepEveryRow(api);
    // Digits instead of doubles: what was filled is booked to the last of them.
    if (credentials !== undefined) api.number = String;
    api.milliseconds = options.nowMs ?? Date.now;
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

  get hasCredentials(): boolean {
    return this.#options.credentials !== undefined;
  }

  /** True where ccxt has that method for the exchange. */
  has(method: string): boolean {
    return this.#api.has[method] === true;
  }

  /** What ccxt says of one of the exchange's methods on its spot market, unchecked. */
  feature(method: string): unknown {
    const features = z.looseObject({spot: z.record(z.string(), z.unknown())}).safeParse(this.#api.features);
    return features.data?.spot[method];
  }

  /** Asks the exchange something that changes nothing there; tries again where that may help.
   *  @param what for messages: `the candles of BTC/USDT`
   *  @throws EXCHANGE_FAILED EXCHANGE_UNREACHABLE EXCHANGE_RATE_LIMITED EXCHANGE_ANSWER_INVALID, the reason of an abort,
   *  and any DlTradeError that `ask` throws */
  async read<T>(what: string, ask: (api: CcxtApi) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const {onRetry, wait} = this.#options;
    // Whoever waits as long as he was told to has no limit any more.
    let mayAsk = false;
    return await retryReads(
      async () => {
        signal?.throwIfAborted();
        if (!mayAsk) {
          mayAsk = true;
          this.#requireNoLimit(what);
        }
        return await this.#ask(what, ask, signal);
      },
      {attempts: this.#hasAnswered ? ATTEMPTS : FIRST_ATTEMPTS, signal, onRetry, ...(wait && {wait})},
    );
  }

  /** Asks the exchange for something that changes what is there: once, whatever comes of it.
   *  @param what for messages: `the order dlt-1`
   *  @throws as `read`; `outcome` says whether it may have been carried out */
  async send<T>(what: string, ask: (api: CcxtApi) => Promise<T>): Promise<T> {
    this.#requireNoLimit(what);
    return await this.#ask(what, ask, undefined);
  }

  /** The exchange's clock as far as it is known without asking, ms: what requests are signed with. */
  get clockMs(): number {
    const {timeDifference} = this.#api.options;
    return this.#nowMs() - (typeof timeDifference === 'number' ? timeDifference : 0);
  }

  /** Compares this machine's clock with the exchange's where that was long ago, or where the exchange refused a time.
   *  @throws as `read` */
  async syncClock(signal?: AbortSignal): Promise<void> {
    if (this.#nowMs() - this.#comparedMs < CLOCK_HOLDS_MS || !this.has('fetchTime')) return;
    await this.read('its time', (api) => api.loadTimeDifference(), signal);
    this.#comparedMs = this.#nowMs();
  }

  /** How far this machine's clock is ahead of the exchange's, ms; 0 before they were compared. */
  get clockAheadMs(): number {
    return this.#nowMs() - this.clockMs;
  }

  /** The exchange's clock, ms; ours where it has none to ask. Ours may be wrong, and what has closed is the exchange's to say.
   *  @throws as `read` */
  async serverTimeMs(signal?: AbortSignal): Promise<number> {
    if (!this.has('fetchTime')) return this.#nowMs();
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
    await this.#market(symbol, signal);
  }

  /** What the exchange takes for a symbol.
   *  @throws SYMBOL_UNKNOWN also where it is not traded at present; EXCHANGE_ANSWER_INVALID where the exchange does not say;
   *  else as `read` */
  async marketRules(symbol: string, signal?: AbortSignal): Promise<MarketRules> {
    const market = await this.#market(symbol, signal);
    if (market.active === false) {
      throw new DlTradeError(
        'SYMBOL_UNKNOWN',
        `symbol was "${symbol}", which ${this.provider} does not trade at present; name another`,
        {details: {symbol, provider: this.provider}},
      );
    }
    const rules = rulesOfMarket(market, this.#api.precisionMode);
    if (typeof rules !== 'string') return rules;
    throw this.invalid(`its rules for ${symbol} cannot be read: ${rules}`);
  }

  /** Kinds of orders that the exchange says it takes for a symbol, in its own words; none where it does not say.
   *  @throws as `marketRules` */
  async orderTypes(symbol: string, signal?: AbortSignal): Promise<readonly string[]> {
    const {info} = await this.#market(symbol, signal);
    return z.looseObject({orderTypes: z.array(z.string())}).safeParse(info).data?.orderTypes ?? [];
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

  async #ask<T>(
    what: string,
    ask: (api: CcxtApi) => Promise<T>,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    try {
      const answer = await untilAborted(ask(this.#api), signal);
      this.#hasAnswered = true;
      this.#limitedUntilMs = -Infinity;
      return answer;
    } catch (error) {
      signal?.throwIfAborted();
      this.#closing.signal.throwIfAborted();
      const translated = translateCcxtError(error, {
        ...{provider: this.provider, what, headers: this.#api.last_response_headers},
        nowMs: this.#nowMs(),
      });
      this.#heed(translated);
      throw translated;
    }
  }

  /** Remembers what a failure says of the requests to come. */
  #heed(error: DlTradeError): void {
    if (error.details['ccxt'] === 'InvalidNonce') this.#comparedMs = -Infinity;
    if (!(error instanceof ExchangeError) || error.code !== 'EXCHANGE_RATE_LIMITED') return;
    this.#limitIsBan = error.details['banned'] === true;
    const lastsMs = error.retryAfterMs ?? (this.#limitIsBan ? BAN_MS : LIMIT_MS);
    this.#limitedUntilMs = Math.max(this.#limitedUntilMs, this.#nowMs() + lastsMs);
  }

  /** Asking during a ban makes it longer. */
  #requireNoLimit(what: string): void {
    const leftMs = this.#limitedUntilMs - this.#nowMs();
    if (!(leftMs > 0)) return;
    throw new ExchangeError(
      'EXCHANGE_RATE_LIMITED',
      `${this.provider}: ${what} was not asked for, since the exchange wants no requests for another ${String(Math.ceil(leftMs / 1000))} s`,
      {
        ...{outcome: 'not-sent', retryAfterMs: leftMs},
        details: {provider: this.provider, what, banned: this.#limitIsBan},
      },
    );
  }

  async #market(symbol: string, signal: AbortSignal | undefined): Promise<SpotMarket> {
    this.#markets ??= await this.read('its list of markets', (api) => this.#loadMarkets(api), signal);
    const market = this.#markets.get(symbol);
    if (market !== undefined) return market;
    const near = nearestNames(
      symbol.replace(/^([A-Za-z0-9]+?)[-_]?(USD[TC]?|BTC|EUR)$/i, '$1/$2'),
      this.#markets.keys(),
    );
    const hint = near.length === 0 ? 'want base/quote such as BTC/USDT' : `did you mean ${near.join(', ')}?`;
    throw new DlTradeError(
      'SYMBOL_UNKNOWN',
      `symbol was "${symbol}", which is no spot market of ${this.provider}; ${hint}`,
      {details: {symbol, provider: this.provider, near}},
    );
  }

  async #loadMarkets(api: CcxtApi): Promise<ReadonlyMap<string, SpotMarket>> {
    const markets = MARKETS.safeParse(await api.loadMarkets());
    if (!markets.success) {
      throw this.invalid(
        `its list of markets breaks the format (${z.prettifyError(markets.error).slice(0, 200)})`,
      );
    }
    const spot = Object.values(markets.data).filter((market) => market.spot === true);
    if (spot.length === 0) throw this.invalid('its list of markets holds no spot market');
    return new Map(spot.map((market) => [market.symbol, market]));
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
    Array.isArray(rows) ? withNumbers(parse(rows, market, timeframe)) : rows;
}

/** Rows whose values are numbers also where orders want their digits. */
function withNumbers(rows: unknown): unknown {
  if (!Array.isArray(rows)) return rows;
  return rows.map((row: unknown) =>
    Array.isArray(row)
      ? row.map((value: unknown) => (typeof value === 'string' && value !== '' ? Number(value) : value))
      : row,
  );
}

function enterTestnet(api: CcxtApi, hasCredentials: boolean): void {
  // Some exchanges have the entry without an address in it, which `setSandboxMode` takes for one.
  if (api.urls.test === undefined || api.urls.test === null) {
    // With credentials the test network is the default, and nobody gave a flag.
    const advice = hasCredentials
      ? ': live trading there is always real money and needs TRADING_TESTNET=false; without --mode live it is paper'
      : '; drop --testnet';
    throw unsupported(api.id, `has no test network${advice}`);
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
