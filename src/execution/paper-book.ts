import type {Candle} from '../domain/candle.js';
import {Decimal, ZERO} from '../domain/decimal.js';
import {DlTradeError} from '../domain/errors.js';
import type {MarketRules} from '../domain/market-rules.js';
import type {Fill, OrderReport, OrderTerms} from '../domain/order.js';
import type {BrokerEvent} from './broker.js';
import {advance, createdOrder, isFinal} from './order-state.js';
import type {OrderState} from './order-state.js';
import {fillFee, fillPrice, stopFills, takeable} from './paper-fill.js';
import type {PaperCosts} from './paper-fill.js';

/** The market that paper orders fill in, and what a fill costs. */
export interface PaperOptions extends Partial<PaperCosts> {
  readonly rules: MarketRules;
  readonly timeframeMs: number;
  /** Default 10,000. */
  readonly startingQuote?: Decimal;
  /** Default 0. */
  readonly startingBase?: Decimal;
  /** True: base may go below zero, as with borrowed base; default false. */
  readonly allowShorts?: boolean;
  /** Candles after its own in which an order may fill, before the rest expires; default 5. */
  readonly expireAfterCandles?: number;
}

/** What a journal holds of a paper venue, in the order in which it was written. */
export type PaperRecord =
  | {readonly kind: 'order'; readonly order: OrderTerms}
  | {readonly kind: 'fill'; readonly fill: Fill}
  | {readonly kind: 'report'; readonly report: OrderReport};

interface PaperOrder {
  state: OrderState;
  fills: number;
  /** Open time of the candle that filled it last: an order fills once a candle. */
  lastFillMs: number;
  /** Open time of the candle that it was placed within, or right behind. */
  readonly placedMs: number;
}

const NO_EVENTS: readonly BrokerEvent[] = Object.freeze([]);

/** The books of a pretended venue: balances and orders of one symbol. A pure function of orders and candles: no
 *  time and no chance of its own, so the same orders over the same candles give the same fills, also after a crash. */
export class PaperBook {
  readonly #rules: MarketRules;
  readonly #costs: PaperCosts;
  readonly #allowShorts: boolean;
  readonly #expireAfterMs: number;
  readonly #orders = new Map<string, PaperOrder>();
  readonly #pending = new Set<PaperOrder>();
  readonly #fillIds = new Set<string>();
  #quote: Decimal;
  #base: Decimal;
  /** Taken from the volume of the candle that opened at `#takenAtMs`. */
  #takenBase = ZERO;
  #takenAtMs = -Infinity;

  constructor(options: PaperOptions) {
    this.#rules = options.rules;
    this.#costs = {
      feeBps: options.feeBps ?? 10,
      slippageBps: options.slippageBps ?? 2,
      feeIn: options.feeIn ?? 'quote',
      maxParticipation: options.maxParticipation ?? 0.1,
    };
    this.#allowShorts = options.allowShorts ?? false;
    this.#expireAfterMs = (options.expireAfterCandles ?? 5) * options.timeframeMs;
    this.#quote = options.startingQuote ?? new Decimal(10_000);
    this.#base = options.startingBase ?? ZERO;
  }

  get balances(): {readonly quote: Decimal; readonly base: Decimal} {
    return {quote: this.#quote, base: this.#base};
  }

  /** Takes an order, or rejects it with a reason; one whose id is known is not taken twice. */
  place(order: OrderTerms): OrderReport {
    const known = this.#orders.get(order.clientOrderId);
    if (known !== undefined) return reportOf(known.state);

    const entry: PaperOrder = {
      ...{state: createdOrder(order), fills: 0, lastFillMs: -Infinity},
      // Placed for something that filled on a later candle: within that one.
      placedMs: Math.max(order.openTimeMs, this.#takenAtMs),
    };
    this.#orders.set(order.clientOrderId, entry);
    const reason = this.#objection(order);
    if (reason === undefined) this.#pending.add(entry);
    return this.#become(entry, {status: reason === undefined ? 'open' : 'rejected'}, reason);
  }

  get idle(): boolean {
    return this.#pending.size === 0;
  }

  query(clientOrderId: string, symbol: string): OrderReport | undefined {
    const entry = this.#orders.get(clientOrderId);
    return entry?.state.order.symbol === symbol ? reportOf(entry.state) : undefined;
  }

  /** Ends an order's rest; one that has ended already is only reported. */
  cancel(clientOrderId: string, symbol: string): OrderReport | undefined {
    const entry = this.#orders.get(clientOrderId);
    if (entry?.state.order.symbol !== symbol) return undefined;
    if (isFinal(entry.state.status)) return reportOf(entry.state);
    return this.#become(entry, {status: 'canceled'}, 'canceled by us');
  }

  /** Trades through a candle. An order fills at the open of candles later than its own, so that a decision never
   *  trades at a price that it was made with; nothing fills on a candle that nobody traded. */
  settle(candle: Candle): readonly BrokerEvent[] {
    if (this.#pending.size === 0) return NO_EVENTS;
    const events: BrokerEvent[] = [];
    for (const entry of [...this.#pending]) this.#settleOrder(entry, candle, events);
    return events;
  }

  /** Brings back one thing that a journal recorded. An order that had not been sent yet counts as sent. */
  restore(record: PaperRecord): void {
    if (record.kind === 'order') this.place(record.order);
    else if (record.kind === 'fill') this.#restoreFill(record.fill);
    else this.#restoreReport(record.report);
  }

  #objection({symbol, side, quantityBase, referencePrice, stopPrice}: OrderTerms): string | undefined {
    const rules = this.#rules;
    const notional = quantityBase.times(stopPrice ?? referencePrice);
    if (symbol !== rules.symbol) return `unknown symbol ${symbol}`;
    if (!quantityBase.modulo(rules.lotSizeBase).isZero()) return 'quantity is off the lot';
    if (!(quantityBase.gt(0) && quantityBase.gte(rules.minQuantityBase))) return 'quantity below the minimum';
    if (!notional.gte(rules.minNotionalQuote)) return 'notional below the minimum';
    if (stopPrice !== undefined && !(stopPrice.gt(0) && stopPrice.modulo(rules.tickSizeQuote).isZero()))
      return 'stop price is off the tick';
    const isFree = side === 'buy' || this.#allowShorts || quantityBase.lte(this.#freeBase());
    return isFree && this.#affordable(side, quantityBase, referencePrice)
      ? undefined
      : 'insufficient balance';
  }

  /** What no order that waits is about to sell. */
  #freeBase(): Decimal {
    let free = this.#base;
    for (const {state} of this.#pending) {
      const {order, filledBase} = state;
      if (order.side === 'sell') free = free.minus(order.quantityBase).plus(filledBase);
    }
    return free;
  }

  #affordable(side: OrderTerms['side'], quantityBase: Decimal, price: Decimal): boolean {
    if (side === 'sell') return this.#allowShorts || quantityBase.lte(this.#base);
    const {fee, feeCurrency} = fillFee(side, quantityBase, price, this.#costs);
    const cost = quantityBase.times(price).plus(feeCurrency === 'quote' ? fee : ZERO);
    return cost.lte(this.#quote);
  }

  #settleOrder(entry: PaperOrder, candle: Candle, events: BrokerEvent[]): void {
    const {order} = entry.state;
    if (order.stopPrice !== undefined) {
      this.#settleStop(entry, {side: order.side, stopPrice: order.stopPrice}, candle, events);
      return;
    }
    const afterMs = candle.openTimeMs - order.openTimeMs;
    if (afterMs <= 0 || entry.lastFillMs >= candle.openTimeMs) return;

    // Behind a gap the market is another one: what waited through it is not filled there.
    if (candle.afterGap === true || afterMs > this.#expireAfterMs) {
      this.#end(entry, 'expired', 'no candle to fill it in time', events);
      return;
    }
    if (candle.filled !== true) this.#fillAtOpen(entry, candle, events);
    if (!isFinal(entry.state.status) && afterMs >= this.#expireAfterMs) {
      this.#end(entry, 'expired', 'not filled in time', events);
    }
  }

  /** A stop rests for as long as it takes, through gaps as well. */
  #settleStop(
    entry: PaperOrder,
    stop: {readonly side: OrderTerms['side']; readonly stopPrice: Decimal},
    candle: Candle,
    events: BrokerEvent[],
  ): void {
    const {order, filledBase} = entry.state;
    if (candle.filled === true || candle.openTimeMs <= order.openTimeMs) return;
    const fills = stopFills(stop, candle, {
      rest: order.quantityBase.minus(filledBase),
      room: this.#room(candle),
      wasResting: entry.placedMs < candle.openTimeMs,
    });
    for (const {quantityBase, at} of fills) {
      if (isFinal(entry.state.status)) return;
      this.#fill(entry, {quantityBase, at}, candle, events);
    }
  }

  #fillAtOpen(entry: PaperOrder, candle: Candle, events: BrokerEvent[]): void {
    const {order, filledBase} = entry.state;
    const quantityBase = Decimal.min(order.quantityBase.minus(filledBase), this.#room(candle));
    if (quantityBase.gt(0)) this.#fill(entry, {quantityBase, at: candle.open}, candle, events);
  }

  /** What the candle's volume still lets us take. */
  #room({openTimeMs, volume}: Candle): Decimal {
    const taken = this.#takenAtMs === openTimeMs ? this.#takenBase : ZERO;
    return takeable(volume, taken, this.#costs, this.#rules);
  }

  /** @param at the market's price, before slippage */
  #fill(
    entry: PaperOrder,
    {quantityBase, at}: {readonly quantityBase: Decimal; readonly at: Decimal | number},
    candle: Candle,
    events: BrokerEvent[],
  ): void {
    const {order, filledBase} = entry.state;
    const price = fillPrice(at, order.side, this.#costs, this.#rules);
    if (!this.#affordable(order.side, quantityBase, price)) {
      // A venue turns down what it cannot book; what was filled before stays filled.
      this.#end(
        entry,
        filledBase.isZero() ? 'rejected' : 'expired',
        order.stopPrice === undefined
          ? 'insufficient balance at the open'
          : 'insufficient balance at the stop',
        events,
      );
      return;
    }
    const fill: Fill = {
      fillId: `${order.clientOrderId}-${entry.fills}`,
      clientOrderId: order.clientOrderId,
      symbol: order.symbol,
      side: order.side,
      quantityBase,
      price,
      ...fillFee(order.side, quantityBase, price, this.#costs),
      timeMs: candle.openTimeMs,
    };
    events.push({kind: 'fill', fill}, {kind: 'order', report: this.#book(entry, fill)});
  }

  #book(entry: PaperOrder, fill: Fill): OrderReport {
    this.#fillIds.add(fill.fillId);
    const sign = fill.side === 'buy' ? 1 : -1;
    this.#quote = this.#quote.minus(fill.quantityBase.times(fill.price).times(sign));
    this.#base = this.#base.plus(fill.quantityBase.times(sign));
    if (fill.feeCurrency === 'quote') this.#quote = this.#quote.minus(fill.fee);
    else this.#base = this.#base.minus(fill.fee);

    if (this.#takenAtMs !== fill.timeMs) this.#takenBase = ZERO;
    this.#takenAtMs = fill.timeMs;
    this.#takenBase = this.#takenBase.plus(fill.quantityBase);
    entry.fills += 1;
    entry.lastFillMs = fill.timeMs;

    const filledBase = entry.state.filledBase.plus(fill.quantityBase);
    const done = filledBase.gte(entry.state.order.quantityBase);
    return this.#become(entry, {status: done ? 'filled' : 'partially-filled', filledBase});
  }

  #end(entry: PaperOrder, status: 'rejected' | 'expired', reason: string, events: BrokerEvent[]): void {
    events.push({kind: 'order', report: this.#become(entry, {status}, reason)});
  }

  #become(
    entry: PaperOrder,
    change: Partial<OrderReport> & Pick<OrderReport, 'status'>,
    reason?: string,
  ): OrderReport {
    const {clientOrderId} = entry.state.order;
    const report: OrderReport = {
      clientOrderId,
      venueOrderId: `paper-${clientOrderId}`,
      filledBase: entry.state.filledBase,
      ...change,
      ...(reason === undefined ? {} : {reason}),
    };
    entry.state = advance(entry.state, report).state;
    if (isFinal(entry.state.status)) this.#pending.delete(entry);
    return report;
  }

  #restoreFill(fill: Fill): void {
    if (this.#fillIds.has(fill.fillId)) return;
    this.#book(this.#require(fill.clientOrderId, `fill "${fill.fillId}"`), fill);
  }

  #restoreReport(report: OrderReport): void {
    const entry = this.#require(report.clientOrderId, `a report of ${report.status}`);
    if (!isFinal(report.status) || isFinal(entry.state.status)) return;
    entry.state = advance(entry.state, report).state;
    this.#pending.delete(entry);
  }

  #require(clientOrderId: string, what: string): PaperOrder {
    const entry = this.#orders.get(clientOrderId);
    if (entry !== undefined) return entry;
    throw new DlTradeError(
      'JOURNAL_CORRUPT',
      `the journal holds ${what} for order "${clientOrderId}" but no such order; it was kept as it is`,
      {details: {clientOrderId}},
    );
  }
}

function reportOf({order, ...rest}: OrderState): OrderReport {
  return {clientOrderId: order.clientOrderId, ...rest};
}
