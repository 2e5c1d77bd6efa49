import {Decimal, ZERO} from '../../../src/domain/decimal.js';
import type {SpotAccount} from './spot-account.js';

/** What a symbol of the test exchange accepts, as Binance calls it. */
export interface SpotFilters {
  readonly tickSize: string;
  readonly stepSize: string;
  readonly minQty: string;
  readonly maxQty: string;
  readonly minNotional: string;
  /** A limit price lies within these multiples of the market's. */
  readonly multiplierUp: string;
  readonly multiplierDown: string;
}

export const FILTERS: SpotFilters = {
  ...{tickSize: '0.01', stepSize: '0.00001', minQty: '0.00001', maxQty: '9000', minNotional: '5'},
  ...{multiplierUp: '5', multiplierDown: '0.2'},
};

export interface SpotFill {
  readonly tradeId: number;
  readonly price: Decimal;
  readonly qty: Decimal;
  readonly commission: Decimal;
  readonly commissionAsset: string;
  readonly timeMs: number;
}

export const ORDER_TYPES = ['MARKET', 'LIMIT', 'STOP_LOSS', 'STOP_LOSS_LIMIT'] as const;

export type OrderType = (typeof ORDER_TYPES)[number];

export interface SpotOrder {
  readonly orderId: number;
  readonly clientOrderId: string;
  readonly symbol: string;
  readonly side: 'BUY' | 'SELL';
  readonly type: OrderType;
  /** Undefined for a market order, and for a stop that becomes one. */
  readonly price: Decimal | undefined;
  /** Of a stop alone. */
  readonly stopPrice: Decimal | undefined;
  /** False for a stop that the market's price has not reached yet. */
  isWorking: boolean;
  readonly origQty: Decimal;
  readonly takenMs: number;
  executedQty: Decimal;
  quoteQty: Decimal;
  status: 'NEW' | 'PARTIALLY_FILLED' | 'FILLED' | 'CANCELED' | 'EXPIRED';
  updatedMs: number;
  readonly fills: SpotFill[];
}

/** How the exchange goes about orders, by command. */
export interface SpotBehaviour {
  /** Between taking a market order and its first fill. */
  fillAfterMs: number;
  /** A market order fills in so many equal parts... */
  fillParts: number;
  /** ...so far apart. */
  fillEveryMs: number;
  /** Of a market order, at most so much fills; the rest expires. */
  fillAtMost: string | undefined;
  /** For so long, nobody who asks sees a new order or its trades. */
  hiddenMs: number;
  /** The order fills between a cancel and its answer. */
  fillBeforeCancel: boolean;
  /** What commission is paid in: in what is received, as Binance does, or in BNB. */
  feeIn: 'received' | 'quote' | 'BNB';
  feeRate: string;
}

/** What an order says that came in. */
export interface OrderRequest {
  readonly clientOrderId: string;
  readonly symbol: string;
  readonly side: string | null;
  readonly type: string | null;
  readonly quantity: string | null;
  readonly price: string | null;
  readonly stopPrice?: string | null;
}

/** A refusal in Binance's words. */
export class Refusal extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

export interface SpotMarket {
  readonly filters: SpotFilters;
  /** Every one unless said otherwise. */
  readonly orderTypes?: readonly OrderType[];
  readonly priceAt: (nowMs: number) => Decimal;
}

const LIVE: ReadonlySet<SpotOrder['status']> = new Set(['NEW', 'PARTIALLY_FILLED']);

/** Takes orders, fills them as time passes and books every fill: what really happened at the exchange, whatever was answered. */
export class SpotOrders {
  readonly account: SpotAccount;
  /** Everything that was ever taken, in order. */
  readonly taken: SpotOrder[] = [];
  readonly behaviour: SpotBehaviour = {
    ...{fillAfterMs: 0, fillParts: 1, fillEveryMs: 1000, fillAtMost: undefined, hiddenMs: 0},
    ...{fillBeforeCancel: false, feeIn: 'received', feeRate: '0.001'},
  };
  readonly #markets: ReadonlyMap<string, SpotMarket>;
  /** Parts that a market order is to be filled in, the next one first. */
  readonly #plans = new Map<SpotOrder, {qty: Decimal; dueMs: number}[]>();
  /** What is set aside for each. */
  readonly #locked = new Map<SpotOrder, Decimal>();
  #lastTradeId = 70_000;

  constructor(account: SpotAccount, markets: ReadonlyMap<string, SpotMarket>) {
    this.account = account;
    this.#markets = markets;
  }

  /** Takes an order.
   *  @throws Refusal */
  take(request: OrderRequest, nowMs: number): SpotOrder {
    const market = this.#markets.get(request.symbol);
    if (market === undefined) throw new Refusal(-1121, 'Invalid symbol.');
    const {side, type} = request;
    if (side !== 'BUY' && side !== 'SELL') throw new Refusal(-1117, 'Invalid side.');
    if (!isOneOf(market.orderTypes ?? ORDER_TYPES, type)) throw new Refusal(-1116, 'Invalid orderType.');
    const origQty = amountOf(request.quantity, 'quantity');
    const price = type.endsWith('LIMIT') ? amountOf(request.price, 'price') : undefined;
    const stopPrice = type.startsWith('STOP') ? amountOf(request.stopPrice ?? null, 'stopPrice') : undefined;
    const now = market.priceAt(nowMs);
    for (const limit of [price, stopPrice]) requireFilters(market.filters, origQty, limit, now);
    if (stopPrice !== undefined && isReached(side, stopPrice, now))
      throw new Refusal(-2010, 'Stop price would trigger immediately.');
    const isDuplicate = this.taken.some(
      ({clientOrderId, status}) => clientOrderId === request.clientOrderId && LIVE.has(status),
    );
    if (isDuplicate) throw new Refusal(-2010, 'Duplicate order sent.');
    const order: SpotOrder = {
      ...{orderId: 1000 + this.taken.length, clientOrderId: request.clientOrderId, symbol: request.symbol},
      ...{
        side,
        type,
        price,
        stopPrice,
        isWorking: stopPrice === undefined,
        origQty,
        takenMs: nowMs,
        executedQty: ZERO,
        quoteQty: ZERO,
      },
      ...{status: 'NEW', updatedMs: nowMs, fills: []},
    };
    this.#lock(order, origQty.times(price ?? market.priceAt(nowMs)));
    this.taken.push(order);
    if (type === 'MARKET') this.#plan(order, market.filters, nowMs);
    this.tick(nowMs);
    return order;
  }

  /** Fills what has come due. */
  tick(nowMs: number): void {
    for (const order of this.taken) {
      if (!LIVE.has(order.status)) continue;
      const price = this.#markets.get(order.symbol)!.priceAt(nowMs);
      if (!order.isWorking) {
        if (!isReached(order.side, order.stopPrice!, price)) continue;
        this.#trigger(order, nowMs);
      }
      if (order.price !== undefined) {
        const crosses = order.side === 'BUY' ? price.lte(order.price) : price.gte(order.price);
        if (crosses) this.#fill(order, order.origQty, price, nowMs);
        continue;
      }
      const plan = this.#plans.get(order)!;
      while (LIVE.has(order.status) && plan[0] !== undefined && plan[0].dueMs <= nowMs) {
        const {qty, dueMs} = plan.shift()!;
        this.#fill(order, qty, price, dueMs);
      }
      if (LIVE.has(order.status) && plan.length === 0) this.#end(order, 'EXPIRED', nowMs);
    }
  }

  /** The market touches a stop for a moment that no candle tells of. */
  touch(stop: SpotOrder, nowMs: number): void {
    if (!stop.isWorking) this.#trigger(stop, nowMs);
    this.tick(nowMs);
  }

  /** The newest order of that id, as whoever asks sees it. */
  find(symbol: string, id: {clientOrderId?: string; orderId?: number}, nowMs: number): SpotOrder | undefined {
    return this.#visible(nowMs).findLast(
      (order) =>
        order.symbol === symbol && (order.clientOrderId === id.clientOrderId || order.orderId === id.orderId),
    );
  }

  open(symbol: string | undefined, nowMs: number): SpotOrder[] {
    return this.#visible(nowMs).filter(
      (order) => LIVE.has(order.status) && (symbol === undefined || order.symbol === symbol),
    );
  }

  trades(symbol: string, orderId: number | undefined, nowMs: number): {order: SpotOrder; fill: SpotFill}[] {
    return this.#visible(nowMs)
      .filter((order) => order.symbol === symbol && (orderId === undefined || order.orderId === orderId))
      .flatMap((order) => order.fills.map((fill) => ({order, fill})))
      .sort((a, b) => a.fill.tradeId - b.fill.tradeId);
  }

  /** @throws Refusal for an order that is not open */
  cancel(order: SpotOrder | undefined, nowMs: number): SpotOrder {
    if (order !== undefined && this.behaviour.fillBeforeCancel) {
      const price = this.#markets.get(order.symbol)!.priceAt(nowMs);
      this.#fill(order, order.origQty.minus(order.executedQty), price, nowMs);
    }
    if (order === undefined || !LIVE.has(order.status)) throw new Refusal(-2011, 'Unknown order sent.');
    this.#end(order, 'CANCELED', nowMs);
    return order;
  }

  #trigger(stop: SpotOrder, nowMs: number): void {
    stop.isWorking = true;
    if (stop.price === undefined) this.#plan(stop, this.#markets.get(stop.symbol)!.filters, nowMs);
  }

  #visible(nowMs: number): SpotOrder[] {
    return this.taken.filter(({takenMs}) => takenMs + this.behaviour.hiddenMs <= nowMs);
  }

  #plan(order: SpotOrder, {stepSize}: SpotFilters, fromMs: number): void {
    const {fillAfterMs, fillParts, fillEveryMs, fillAtMost} = this.behaviour;
    const whole = Decimal.min(order.origQty, fillAtMost ?? order.origQty);
    const part = whole.dividedBy(fillParts).dividedToIntegerBy(stepSize).times(stepSize);
    const parts = Array.from({length: fillParts}, (_, index) => ({
      qty: index === fillParts - 1 ? whole.minus(part.times(fillParts - 1)) : part,
      dueMs: fromMs + fillAfterMs + index * fillEveryMs,
    }));
    this.#plans.set(
      order,
      parts.filter(({qty}) => qty.gt(0)),
    );
  }

  #lock(order: SpotOrder, costQuote: Decimal): void {
    const {side, symbol, origQty} = order;
    const [base, quote] = assetsOf(symbol);
    const [asset, amount] = side === 'BUY' ? [quote, costQuote] : [base, origQty];
    if (!this.account.free(asset).gte(amount)) {
      throw new Refusal(-2010, 'Account has insufficient balance for requested action.');
    }
    this.account.lock(asset, amount);
    this.#locked.set(order, amount);
  }

  #fill(order: SpotOrder, wanted: Decimal, price: Decimal, timeMs: number): void {
    const {account, behaviour} = this;
    const {side, symbol} = order;
    const [base, quote] = assetsOf(symbol);
    const qty = Decimal.min(wanted, order.origQty.minus(order.executedQty));
    const cost = qty.times(price);
    const [paid, paidAmount] = side === 'BUY' ? [quote, cost] : [base, qty];
    const [received, receivedAmount] = side === 'BUY' ? [base, qty] : [quote, cost];
    // The market may have moved away from what was set aside.
    const set = Decimal.min(this.#locked.get(order) ?? ZERO, paidAmount);
    if (account.free(paid).lt(paidAmount.minus(set))) {
      this.#end(order, 'EXPIRED', timeMs);
      return;
    }
    this.#release(order, set);
    account.add(paid, paidAmount.negated());
    account.add(received, receivedAmount);
    const rate = new Decimal(behaviour.feeRate);
    // Booked is what is said, and that has eight places.
    const [commissionAsset, commission] =
      behaviour.feeIn === 'BNB'
        ? ['BNB', cost.times(rate).dividedBy(300).decimalPlaces(8)]
        : behaviour.feeIn === 'quote'
          ? [quote, cost.times(rate).decimalPlaces(8)]
          : [received, receivedAmount.times(rate).decimalPlaces(8)];
    account.add(commissionAsset, commission.negated());
    this.#lastTradeId += 1;
    order.fills.push({tradeId: this.#lastTradeId, price, qty, commission, commissionAsset, timeMs});
    order.executedQty = order.executedQty.plus(qty);
    order.quoteQty = order.quoteQty.plus(cost);
    order.updatedMs = timeMs;
    if (order.executedQty.eq(order.origQty)) this.#end(order, 'FILLED', timeMs);
    else order.status = 'PARTIALLY_FILLED';
  }

  /** Whatever is still set aside for it is free again. */
  #end(order: SpotOrder, status: SpotOrder['status'], timeMs: number): void {
    order.status = status;
    order.updatedMs = timeMs;
    this.#release(order, this.#locked.get(order) ?? ZERO);
  }

  #release(order: SpotOrder, amount: Decimal): void {
    const [base, quote] = assetsOf(order.symbol);
    this.account.lock(order.side === 'BUY' ? quote : base, amount.negated());
    this.#locked.set(order, (this.#locked.get(order) ?? ZERO).minus(amount));
  }
}

function isOneOf<T extends string>(known: readonly T[], given: string | null): given is T {
  return known.some((one) => one === given);
}

/** Whether a market price sets a stop going. */
function isReached(side: 'BUY' | 'SELL', stopPrice: Decimal, price: Decimal): boolean {
  return side === 'SELL' ? price.lte(stopPrice) : price.gte(stopPrice);
}

export function assetsOf(symbol: string): [string, string] {
  const [base = '', quote = ''] = symbol.split('/');
  return [base, quote];
}

function amountOf(text: string | null, name: string): Decimal {
  if (text === null) throw new Refusal(-1102, `Mandatory parameter '${name}' was not sent.`);
  if (!/^\d{1,20}(\.\d{1,20})?$/.test(text))
    throw new Refusal(-1100, `Illegal characters found in parameter '${name}'.`);
  return new Decimal(text);
}

function requireFilters(
  filters: SpotFilters,
  qty: Decimal,
  price: Decimal | undefined,
  marketPrice: Decimal,
): void {
  const {stepSize, minQty, maxQty, minNotional, tickSize, multiplierDown, multiplierUp} = filters;
  const fails = (filter: string): Refusal => new Refusal(-1013, `Filter failure: ${filter}`);
  if ((qty.decimalPlaces() ?? 0) > 8)
    throw new Refusal(-1111, "Parameter 'quantity' has too much precision.");
  if (!(qty.gte(minQty) && qty.lte(maxQty) && qty.modulo(stepSize).isZero())) throw fails('LOT_SIZE');
  if (price !== undefined) {
    if (!(price.gt(0) && price.modulo(tickSize).isZero())) throw fails('PRICE_FILTER');
    const isNear = price.gte(marketPrice.times(multiplierDown)) && price.lte(marketPrice.times(multiplierUp));
    if (!isNear) throw fails('PERCENT_PRICE');
  }
  if (!qty.times(price ?? marketPrice).gte(minNotional)) throw fails('NOTIONAL');
}
