import {requireSigned} from './binance-signature.js';
import type {ApiKey} from './binance-signature.js';
import {assetsOf} from './spot-orders.js';
import {Refusal} from './spot-orders.js';
import type {SpotOrder, SpotOrders} from './spot-orders.js';
import type {VenueRequest} from './venue.js';

/** Most trades of one answer. */
const TRADES_LIMIT = 1000;

type SignedRoute = (parameters: URLSearchParams, nowMs: number) => unknown;

/** The signed half of Binance's spot API. */
export class BinanceOrders {
  readonly key: ApiKey;
  readonly orders: SpotOrders;
  readonly #routes: Readonly<Record<string, SignedRoute>> = {
    'POST /api/v3/order': (parameters, nowMs) => this.#take(parameters, nowMs),
    'GET /api/v3/order': (parameters, nowMs) => orderBody(this.#require(parameters, nowMs, -2013)),
    'DELETE /api/v3/order': (parameters, nowMs) => this.#cancel(parameters, nowMs),
    'GET /api/v3/openOrders': (parameters, nowMs) =>
      this.orders.open(symbolOf(parameters, this.#symbols), nowMs).map(orderBody),
    'GET /api/v3/myTrades': (parameters, nowMs) => this.#trades(parameters, nowMs),
    'GET /api/v3/account': () => this.#account(),
    'GET /sapi/v1/account/apiRestrictions': () => ({
      ...{ipRestrict: true, enableReading: true, enableSpotAndMarginTrading: true},
      enableWithdrawals: this.key.canWithdraw,
    }),
  };
  readonly #symbols: readonly string[];

  constructor(orders: SpotOrders, key: ApiKey, symbols: readonly string[]) {
    this.orders = orders;
    this.key = key;
    this.#symbols = symbols;
  }

  /** True where the request is one of the signed half. */
  serves({method, path}: VenueRequest): boolean {
    return `${method} ${path}` in this.#routes;
  }

  /** @throws Refusal */
  answer(request: VenueRequest, nowMs: number): unknown {
    const parameters = requireSigned(request, this.key, nowMs);
    return this.#routes[`${request.method} ${request.path}`]!(parameters, nowMs);
  }

  #take(parameters: URLSearchParams, nowMs: number): unknown {
    const clientOrderId = parameters.get('newClientOrderId') ?? '';
    if (!/^[.A-Z:/a-z0-9_-]{1,36}$/.test(clientOrderId)) {
      throw new Refusal(-1100, "Illegal characters found in parameter 'newClientOrderId'.");
    }
    const order = this.orders.take(
      {
        clientOrderId,
        symbol: symbolOf(parameters, this.#symbols) ?? '',
        side: parameters.get('side'),
        type: parameters.get('type'),
        quantity: parameters.get('quantity'),
        price: parameters.get('price'),
        stopPrice: parameters.get('stopPrice'),
      },
      nowMs,
    );
    const {fills, takenMs} = order;
    return {
      ...orderBody(order),
      transactTime: takenMs,
      fills: fills.map(({price, qty, commission, commissionAsset, tradeId}) => ({
        ...{price: price.toFixed(8), qty: qty.toFixed(8), commission: commission.toFixed(8)},
        ...{commissionAsset, tradeId},
      })),
    };
  }

  #require(parameters: URLSearchParams, nowMs: number, code: -2011 | -2013): SpotOrder {
    const found = this.#find(parameters, nowMs);
    if (found !== undefined) return found;
    throw new Refusal(code, code === -2013 ? 'Order does not exist.' : 'Unknown order sent.');
  }

  #find(parameters: URLSearchParams, nowMs: number): SpotOrder | undefined {
    const clientOrderId = parameters.get('origClientOrderId');
    const orderId = parameters.get('orderId');
    return this.orders.find(
      symbolOf(parameters, this.#symbols) ?? '',
      {
        ...(clientOrderId === null ? {} : {clientOrderId}),
        ...(orderId === null ? {} : {orderId: Number(orderId)}),
      },
      nowMs,
    );
  }

  /** After a cancel Binance gives the order another client id, and the one that it had as the original. */
  #cancel(parameters: URLSearchParams, nowMs: number): unknown {
    const order = this.orders.cancel(this.#find(parameters, nowMs), nowMs);
    return {
      ...orderBody(order),
      ...{origClientOrderId: order.clientOrderId, clientOrderId: `cancel-${String(order.orderId)}`},
    };
  }

  #trades(parameters: URLSearchParams, nowMs: number): unknown {
    const symbol = symbolOf(parameters, this.#symbols) ?? '';
    const orderId = parameters.get('orderId');
    const fromId = Number(parameters.get('fromId') ?? 0);
    const limit = Math.min(TRADES_LIMIT, Number(parameters.get('limit') ?? 500));
    const [base, quote] = assetsOf(symbol);
    return this.orders
      .trades(symbol, orderId === null ? undefined : Number(orderId), nowMs)
      .filter(({fill}) => fill.tradeId >= fromId)
      .slice(0, limit)
      .map(({order, fill}) => ({
        ...{symbol: `${base}${quote}`, id: fill.tradeId, orderId: order.orderId, orderListId: -1},
        ...{price: fill.price.toFixed(8), qty: fill.qty.toFixed(8)},
        ...{quoteQty: fill.qty.times(fill.price).toFixed(8), commission: fill.commission.toFixed(8)},
        ...{commissionAsset: fill.commissionAsset, time: fill.timeMs, isBuyer: order.side === 'BUY'},
        ...{isMaker: false, isBestMatch: true},
      }));
  }

  #account(): unknown {
    const {account} = this.orders;
    return {
      ...{makerCommission: 10, takerCommission: 10, buyerCommission: 0, sellerCommission: 0},
      // Of the account, not of the key: nearly every account may.
      ...{canTrade: true, canWithdraw: true, canDeposit: true, accountType: 'SPOT', permissions: ['SPOT']},
      balances: account.assets.map((asset) => ({
        ...{asset, free: account.free(asset).toFixed(8), locked: account.locked(asset).toFixed(8)},
      })),
    };
  }
}

/** @throws Refusal for a symbol that is not traded */
function symbolOf(parameters: URLSearchParams, symbols: readonly string[]): string | undefined {
  const given = parameters.get('symbol');
  if (given === null) return undefined;
  const found = symbols.find((symbol) => symbol.replace('/', '') === given);
  if (found === undefined) throw new Refusal(-1121, 'Invalid symbol.');
  return found;
}

function orderBody(order: SpotOrder): Record<string, unknown> {
  return {
    ...{symbol: order.symbol.replace('/', ''), orderId: order.orderId, orderListId: -1},
    ...{clientOrderId: order.clientOrderId, price: order.price?.toFixed(8) ?? '0.00000000'},
    ...{origQty: order.origQty.toFixed(8), executedQty: order.executedQty.toFixed(8)},
    ...{cummulativeQuoteQty: order.quoteQty.toFixed(8), status: order.status, timeInForce: 'GTC'},
    ...{type: order.type, side: order.side, time: order.takenMs, updateTime: order.updatedMs},
    ...{stopPrice: order.stopPrice?.toFixed(8) ?? '0.00000000', isWorking: order.isWorking},
    origQuoteOrderQty: '0.00000000',
  };
}
