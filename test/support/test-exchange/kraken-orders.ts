import {createHash, createHmac} from 'node:crypto';
import {Refusal} from './spot-orders.js';
import type {SpotOrder, SpotOrders} from './spot-orders.js';
import type {VenueRequest} from './venue.js';

const SYMBOL = 'BTC/USD';
const PREFIX = '/0/private/';
/** Free text, or a UUID with or without hyphens. */
const CLIENT_ID = /^([0-9a-f]{32}|[0-9a-f-]{36}|[\x20-\x7e]{1,18})$/;
const STATUS: Readonly<Record<SpotOrder['status'], string>> = {
  ...{NEW: 'open', PARTIALLY_FILLED: 'open', FILLED: 'closed', CANCELED: 'canceled', EXPIRED: 'expired'},
};

/** The signed half of Kraken's API, for BTC/USD. */
export class KrakenOrders {
  readonly orders: SpotOrders;
  readonly key = {apiKey: 'kraken-key', secret: Buffer.from('kraken-secret').toString('base64')};
  readonly #routes: Readonly<Record<string, (body: URLSearchParams, nowMs: number) => unknown>> = {
    AddOrder: (body, nowMs) => this.#take(body, nowMs),
    OpenOrders: (_, nowMs) => ({open: byId(this.orders.open(SYMBOL, nowMs))}),
    ClosedOrders: (_, nowMs) => ({closed: byId(this.#closed(nowMs))}),
    QueryOrders: (body, nowMs) => byId(this.#named(body, nowMs)),
    CancelOrder: (body, nowMs) => {
      this.orders.cancel(this.#named(body, nowMs)[0], nowMs);
      return {count: 1};
    },
    TradesHistory: (_, nowMs) => ({trades: this.#trades(nowMs)}),
    BalanceEx: () => this.#balances(),
  };
  #lastNonce = 0n;

  constructor(orders: SpotOrders) {
    this.orders = orders;
  }

  serves({path}: VenueRequest): boolean {
    return path.startsWith(PREFIX) && path.slice(PREFIX.length) in this.#routes;
  }

  /** @throws Refusal in Kraken's words */
  answer(request: VenueRequest, nowMs: number): unknown {
    const body = new URLSearchParams(request.body);
    this.#requireSigned(request, body.get('nonce') ?? '');
    return this.#routes[request.path.slice(PREFIX.length)]!(body, nowMs);
  }

  #requireSigned({path, headers, body}: VenueRequest, nonce: string): void {
    if (headers['api-key'] !== this.key.apiKey) throw new Refusal(0, 'EAPI:Invalid key');
    const hash = createHash('sha256')
      .update(nonce + body)
      .digest();
    const hmac = createHmac('sha512', Buffer.from(this.key.secret, 'base64'));
    const signature = hmac.update(path).update(hash).digest('base64');
    if (headers['api-sign'] !== signature) throw new Refusal(0, 'EAPI:Invalid signature');
    if (BigInt(nonce) <= this.#lastNonce) throw new Refusal(0, 'EAPI:Invalid nonce');
    this.#lastNonce = BigInt(nonce);
  }

  #take(body: URLSearchParams, nowMs: number): unknown {
    const clientOrderId = body.get('cl_ord_id') ?? '';
    if (!CLIENT_ID.test(clientOrderId)) throw new Refusal(0, 'EGeneral:Invalid arguments:cl_ord_id');
    const deadline = body.get('deadline');
    if (deadline !== null && Date.parse(deadline) < nowMs) throw new Refusal(0, 'EService:Deadline elapsed');
    const order = this.orders.take(
      {
        ...{clientOrderId, symbol: SYMBOL, price: null, quantity: body.get('volume')},
        side: body.get('type')?.toUpperCase() ?? null,
        type: body.get('ordertype')?.toUpperCase().replace('-', '_') ?? null,
        stopPrice: body.get('price'),
      },
      nowMs,
    );
    const descr = {order: `${body.get('type') ?? ''} ${order.origQty.toFixed()} XBTUSD @ market`};
    return {descr, txid: [txidOf(order)]};
  }

  #closed(nowMs: number): SpotOrder[] {
    const open = new Set(this.orders.open(SYMBOL, nowMs));
    return this.orders.taken.filter(
      (order) => !open.has(order) && this.orders.find(SYMBOL, order, nowMs) !== undefined,
    );
  }

  #named(body: URLSearchParams, nowMs: number): SpotOrder[] {
    const orderId = Number(/^O(\d+)$/.exec(body.get('txid') ?? '')?.[1]);
    const order = this.orders.find(SYMBOL, {orderId}, nowMs);
    if (order === undefined) throw new Refusal(0, 'EOrder:Unknown order');
    return [order];
  }

  #trades(nowMs: number): unknown {
    return Object.fromEntries(
      this.orders.trades(SYMBOL, undefined, nowMs).map(({order, fill}) => [
        `T${String(fill.tradeId)}`,
        {
          ...{ordertxid: txidOf(order), pair: 'XXBTZUSD', time: fill.timeMs / 1000},
          ordertype: typeOf(order),
          ...{type: order.side.toLowerCase(), price: fill.price.toFixed(5), vol: fill.qty.toFixed(8)},
          ...{cost: fill.qty.times(fill.price).toFixed(), fee: fill.commission.toFixed(), margin: '0'},
          ...{misc: '', trade_id: fill.tradeId, maker: false},
        },
      ]),
    );
  }

  /** Kraken leaves out what there is nothing of. */
  #balances(): unknown {
    const {account} = this.orders;
    const names: Readonly<Record<string, string>> = {BTC: 'XXBT', USD: 'ZUSD'};
    const held = account.assets.filter((asset) => account.total(asset).gt(0));
    return Object.fromEntries(
      held.map((asset) => [
        names[asset] ?? asset,
        {balance: account.total(asset).toFixed(), hold_trade: account.locked(asset).toFixed()},
      ]),
    );
  }
}

/** A stop stays one when it has been reached. */
function typeOf({type}: SpotOrder): string {
  return type.toLowerCase().replaceAll('_', '-');
}

function txidOf({orderId}: SpotOrder): string {
  return `O${String(orderId)}`;
}

function byId(orders: readonly SpotOrder[]): Record<string, unknown> {
  return Object.fromEntries(
    orders.map((order) => [
      txidOf(order),
      {
        ...{refid: null, userref: 0, cl_ord_id: order.clientOrderId, status: STATUS[order.status]},
        ...{opentm: order.takenMs / 1000, starttm: 0, expiretm: 0, misc: '', oflags: 'fciq', fee: '0'},
        descr: {
          ...{pair: 'XBTUSD', type: order.side.toLowerCase(), ordertype: typeOf(order)},
          ...{price: order.stopPrice?.toFixed(1) ?? '0', price2: '0'},
          ...{leverage: 'none', order: '', close: ''},
        },
        ...{vol: order.origQty.toFixed(8), vol_exec: order.executedQty.toFixed(8)},
        ...{cost: order.quoteQty.toFixed(5), price: '0', stopprice: '0', limitprice: '0'},
      },
    ]),
  );
}
