import type {MarketHistory} from './market-history.js';
import type {Venue, VenueAnswer, VenueRequest} from './venue.js';

const INTERVALS: Readonly<Record<string, number>> = {
  '1m': 60_000,
  '5m': 300_000,
  '1h': 3_600_000,
  '1d': 86_400_000,
};
const DEFAULT_LIMIT = 500;
const MAX_LIMIT = 1000;

/** As much of Binance's spot API as ccxt needs for market data. A route is a line in the table. */
export class BinanceVenue implements Venue {
  readonly #markets: ReadonlyMap<string, MarketHistory>;
  readonly #routes: Readonly<Record<string, (request: VenueRequest, nowMs: number) => VenueAnswer>> = {
    'GET /api/v3/ping': () => ok({}),
    'GET /api/v3/time': (_, nowMs) => ok({serverTime: nowMs}),
    'GET /api/v3/exchangeInfo': (_, nowMs) =>
      ok({
        timezone: 'UTC',
        serverTime: nowMs,
        rateLimits: [],
        symbols: [...this.#markets.keys()].map(symbolInfo),
      }),
    'GET /api/v3/klines': ({query}, nowMs) => this.#klines(query, nowMs),
  };
  #repaints = 0;

  /** @param markets by symbol, such as `BTC/USDT` */
  constructor(markets: Readonly<Record<string, MarketHistory>>) {
    this.#markets = new Map(Object.entries(markets));
  }

  answer(request: VenueRequest, nowMs: number): VenueAnswer {
    const route = this.#routes[`${request.method} ${request.path}`];
    return route?.(request, nowMs) ?? {status: 404, body: {code: -1, msg: `no route ${request.path}`}};
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

function symbolInfo(symbol: string): unknown {
  const [baseAsset, quoteAsset] = symbol.split('/');
  return {
    symbol: symbol.replace('/', ''),
    status: 'TRADING',
    ...{baseAsset, baseAssetPrecision: 8, quoteAsset, quotePrecision: 8, quoteAssetPrecision: 8},
    orderTypes: ['LIMIT', 'MARKET'],
    ...{isSpotTradingAllowed: true, isMarginTradingAllowed: false},
    filters: [
      {filterType: 'PRICE_FILTER', minPrice: '0.01', maxPrice: '1000000', tickSize: '0.01'},
      {filterType: 'LOT_SIZE', minQty: '0.00001', maxQty: '9000', stepSize: '0.00001'},
      {filterType: 'NOTIONAL', minNotional: '5', applyMinToMarket: true},
    ],
    permissions: [],
    permissionSets: [['SPOT']],
  };
}
