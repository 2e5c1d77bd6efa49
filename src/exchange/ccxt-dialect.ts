import type {CcxtApi} from './ccxt-api.js';
import type {CcxtConnection} from './ccxt-connection.js';
import type {CcxtOrder} from './ccxt-order.js';

/** What differs between exchanges in sending an order under an id of ours and finding it again. */
export interface OrderDialect {
  /** Our id as the exchange takes it. */
  readonly venueId: (clientOrderId: string) => string;
  readonly clientId: (venueId: string) => string;
  /** For so long after it was signed the exchange may still take an order, ms; undefined where it knows no end: then an order that
   *  it does not know stays `unknown`. */
  readonly receiveWindowMs: number | undefined;
  /** Sent with every order.
   *  @param clockMs the exchange's clock */
  readonly sendParameters: (clockMs: number) => Readonly<Record<string, unknown>>;
  /** Asks for an order; undefined, or ccxt's OrderNotFound, where the exchange does not know it.
   *  @param venueOrderId the exchange's own id, where it is known */
  readonly find: (
    api: CcxtApi,
    order: {readonly venueId: string; readonly venueOrderId: string | undefined; readonly symbol: string},
  ) => Promise<unknown>;
  /** One page of an order's trades, behind the trade `afterId` where pages go on. */
  readonly trades: (
    api: CcxtApi,
    symbol: string,
    order: CcxtOrder,
    afterId: string | undefined,
  ) => Promise<unknown>;
}

const SAME = (id: string): string => id;
const NOTHING_MORE = (): Readonly<Record<string, unknown>> => ({});
const TRADES_A_PAGE = 1000;
/** What the clocks of an exchange's own machines may differ by. */
const CLOCKS_APART_MS = 1000;

/** Binance finds an order by our id, and refuses one that comes later than its receive window. */
const BINANCE: OrderDialect = {
  ...{venueId: SAME, clientId: SAME, receiveWindowMs: 5000, sendParameters: NOTHING_MORE},
  find: (api, {venueId, symbol}) => api.fetchOrder('', symbol, {clientOrderId: venueId}),
  trades: (api, symbol, {venueOrderId}, afterId) =>
    api.fetchMyTrades(symbol, undefined, TRADES_A_PAGE, {
      orderId: venueOrderId,
      ...(afterId === undefined ? {} : {fromId: (BigInt(afterId) + 1n).toString()}),
    }),
};

/** Others have lists, in which our id is looked for. */
const LISTS: OrderDialect = {
  ...{venueId: SAME, clientId: SAME, receiveWindowMs: undefined, sendParameters: NOTHING_MORE},
  find: async (api, {venueId, venueOrderId, symbol}) =>
    venueOrderId === undefined
      ? (findOurs(await api.fetchOpenOrders(symbol), venueId)
        ?? findOurs(await api.fetchClosedOrders(symbol), venueId))
      : await api.fetchOrder(venueOrderId, symbol),
  trades: (api, symbol, {takenMs}) =>
    api.fetchMyTrades(
      symbol,
      takenMs === undefined ? undefined : takenMs - CLOCKS_APART_MS,
      undefined,
      undefined,
    ),
};

const KRAKEN_WINDOW_MS = 5000;

/** Kraken takes ids of 32 hex digits, and an end of its own with every order. */
const KRAKEN: OrderDialect = {
  ...LISTS,
  venueId: (clientOrderId) => clientOrderId.replace(/^dlt-(?=[0-9a-f]{32}$)/, ''),
  clientId: (venueId) => (/^[0-9a-f]{32}$/.test(venueId) ? `dlt-${venueId}` : venueId),
  receiveWindowMs: KRAKEN_WINDOW_MS,
  sendParameters: (clockMs) => ({deadline: new Date(clockMs + KRAKEN_WINDOW_MS).toISOString()}),
};

const DIALECTS: Readonly<Record<string, OrderDialect>> = {
  ...{binance: BINANCE, binanceus: BINANCE, kraken: KRAKEN},
};

/** Methods without which an order cannot be followed to its end. */
const NEEDED = [
  'createOrder',
  'cancelOrder',
  'fetchOrder',
  'fetchOpenOrders',
  'fetchMyTrades',
  'fetchBalance',
];

/** How the exchange of a connection is to be spoken to.
 *  @returns why it cannot be traded with, where it cannot */
export function orderDialect(connection: CcxtConnection): OrderDialect | string {
  const {provider} = connection;
  const dialect = Object.hasOwn(DIALECTS, provider) ? DIALECTS[provider]! : LISTS;
  const needed = dialect === BINANCE ? NEEDED : [...NEEDED, 'fetchClosedOrders'];
  const missing = needed.filter((method) => !connection.has(method));
  if (missing.length > 0) return `its orders cannot be followed: ccxt has no ${missing.join(', ')}`;
  const feature = connection.feature('createOrder') as {marketBuyRequiresPrice?: unknown} | undefined;
  if (feature?.marketBuyRequiresPrice === true) {
    return 'it takes market buys by their cost alone, not by their quantity';
  }
  return dialect;
}

function findOurs(orders: unknown, venueId: string): unknown {
  if (!Array.isArray(orders)) return orders;
  return orders.find(
    (order: unknown) => (order as {clientOrderId?: unknown} | null)?.clientOrderId === venueId,
  );
}
