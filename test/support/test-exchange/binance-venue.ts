import {Decimal} from '../../../src/domain/decimal.js';
import {BinanceOrders} from './binance-orders.js';
import type {MarketHistory} from './market-history.js';
import {SpotAccount} from './spot-account.js';
import {FILTERS, ORDER_TYPES, Refusal, SpotOrders} from './spot-orders.js';
import type {OrderType, SpotFilters} from './spot-orders.js';
import type {Venue, VenueAnswer, VenueRequest} from './venue.js';

const INTERVALS: Readonly<Record<string, number>> = {
  '1s': 1000,
  '1m': 60_000,
  '5m': 300_000,
  '1h': 3_600_000,
  '1d': 86_400_000,
};
const DEFAULT_LIMIT = 500;
const MAX_LIMIT = 1000;

/** The only key that the venue knows unless told otherwise. */
export const API_KEY = {
  apiKey: 'test-exchange-key',
  secret: 'test-exchange-secret',
  canWithdraw: false,
  checksTime: true,
};

export interface BinanceOptions {
  /** By asset; 10,000 USDT by default. */
  readonly balances?: Readonly<Record<string, string>>;
  readonly filters?: SpotFilters;
  /** What its markets take; every kind unless said otherwise. */
  readonly orderTypes?: readonly OrderType[];
  /** At which every market trades; by default at the close of the minute. */
  readonly price?: string;
}

/** As much of Binance's spot API as ccxt needs. A route is a line in the table. */
export class BinanceVenue implements Venue {
  /** What really happened there, whatever was answered. */
  readonly orders: SpotOrders;
  readonly key = {...API_KEY};
  /** Overrides the history's price. */
  price: string | undefined;
  readonly #signed: BinanceOrders;
  readonly #filters: SpotFilters;
  readonly #orderTypes: readonly OrderType[];
  readonly #markets: ReadonlyMap<string, MarketHistory>;
  readonly #routes: Readonly<Record<string, (request: VenueRequest, nowMs: number) => VenueAnswer>> = {
    'GET /api/v3/ping': () => ok({}),
    'GET /api/v3/time': (_, nowMs) => ok({serverTime: nowMs}),
    'GET /api/v3/exchangeInfo': (_, nowMs) =>
      ok({
        timezone: 'UTC',
        serverTime: nowMs,
        rateLimits: [],
        symbols: [...this.#markets.keys()].map((symbol) =>
          symbolInfo(symbol, this.#filters, this.#orderTypes),
        ),
      }),
    'GET /api/v3/klines': ({query}, nowMs) => this.#klines(query, nowMs),
  };
  #repaints = 0;

  /** @param markets by symbol, such as `BTC/USDT` */
  constructor(markets: Readonly<Record<string, MarketHistory>>, options: BinanceOptions = {}) {
    this.#markets = new Map(Object.entries(markets));
    this.price = options.price;
    this.#filters = options.filters ?? FILTERS;
    this.#orderTypes = options.orderTypes ?? ORDER_TYPES;
    const spot = [...this.#markets].map(
      ([symbol, history]) =>
        [
          symbol,
          {
            filters: this.#filters,
            orderTypes: this.#orderTypes,
            priceAt: (nowMs: number) => this.#priceAt(history, nowMs),
          },
        ] as const,
    );
    const account = new SpotAccount(options.balances ?? {BTC: '0', BNB: '0', USDT: '10000'});
    this.orders = new SpotOrders(account, new Map(spot));
    this.#signed = new BinanceOrders(this.orders, this.key, [...this.#markets.keys()]);
  }

  answer(request: VenueRequest, nowMs: number): VenueAnswer {
    this.orders.tick(nowMs);
    if (this.#signed.serves(request)) {
      try {
        return ok(this.#signed.answer(request, nowMs));
      } catch (error) {
        if (error instanceof Refusal) return refused(error.code, error.message);
        throw error;
      }
    }
    const route = this.#routes[`${request.method} ${request.path}`];
    return route?.(request, nowMs) ?? {status: 404, body: {code: -1, msg: `no route ${request.path}`}};
  }

  #priceAt(history: MarketHistory, nowMs: number): Decimal {
    const price = this.price ?? history.kline(Math.floor(nowMs / 60_000) * 60_000)?.close;
    if (price === undefined) throw new Refusal(-1013, 'Market is closed.');
    return new Decimal(price);
  }

  /** The newest candle is open and different at every look; without startTime the newest ones come. */
  #klines(query: URLSearchParams, nowMs: number): VenueAnswer {
    const symbol = [...this.#markets.keys()].find((name) => name.replace('/', '') === query.get('symbol'));
    const history = symbol === undefined ? undefined : this.#markets.get(symbol);
    if (history === undefined) return refused(-1121, 'Invalid symbol.');
    const stepMs = INTERVALS[query.get('interval') ?? ''];
    if (stepMs === undefined) return refused(-1120, 'Invalid interval.');
    const limit = Math.min(MAX_LIMIT, Number(query.get('limit') ?? DEFAULT_LIMIT));
    const toMs = Math.min(nowMs, Number(query.get('endTime') ?? Infinity));
    const start = query.get('startTime');
    const fromMs = start === null ? toMs - limit * stepMs : Number(start);
    const openFromMs = Math.floor(nowMs / stepMs) * stepMs;
    this.#repaints += 1;
    const rows = history.klines({fromMs, toMs, stepMs, limit}).map(({openTimeMs, volume, ...prices}) => {
      const now = openTimeMs === openFromMs ? String(0.001 * this.#repaints) : volume;
      const {open, high, low, close} = prices;
      return [openTimeMs, open, high, low, close, now, openTimeMs + stepMs - 1, '0', 0, '0', '0', '0'];
    });
    return ok(rows);
  }
}

function ok(body: unknown): VenueAnswer {
  return {status: 200, body};
}

function refused(code: number, msg: string): VenueAnswer {
  return {status: 400, body: {code, msg}};
}

function symbolInfo(symbol: string, filters: SpotFilters, orderTypes: readonly OrderType[]): unknown {
  const [baseAsset, quoteAsset] = symbol.split('/');
  const {tickSize, stepSize, minQty, maxQty, minNotional, multiplierUp, multiplierDown} = filters;
  return {
    symbol: symbol.replace('/', ''),
    status: 'TRADING',
    ...{baseAsset, baseAssetPrecision: 8, quoteAsset, quotePrecision: 8, quoteAssetPrecision: 8},
    orderTypes,
    ...{isSpotTradingAllowed: true, isMarginTradingAllowed: false},
    filters: [
      {filterType: 'PRICE_FILTER', minPrice: tickSize, maxPrice: '1000000', tickSize},
      {filterType: 'LOT_SIZE', minQty, maxQty, stepSize},
      {filterType: 'NOTIONAL', minNotional, applyMinToMarket: true},
      {filterType: 'PERCENT_PRICE', multiplierUp, multiplierDown, avgPriceMins: 5},
    ],
    permissions: [],
    permissionSets: [['SPOT']],
  };
}
