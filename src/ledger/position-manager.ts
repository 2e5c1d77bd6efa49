import type {AccountView, PendingOrderView} from '../domain/account-view.js';
import {Decimal, ZERO} from '../domain/decimal.js';
import {DlTradeError} from '../domain/errors.js';
import type {Fill, OrderReport} from '../domain/order.js';
import type {ClosedTrade} from './closed-trade.js';
import {EquityTracker} from './equity-marks.js';
import {HeldPosition} from './held-position.js';
import {LedgerView} from './ledger-view.js';
import {PendingOrders} from './pending-orders.js';
import type {SubmittedOrder} from './pending-orders.js';
import {FLAT, move} from './position.js';
import type {Movement, Position} from './position.js';

export interface PositionManagerOptions {
  readonly symbol: string;
  /** Default 10,000. */
  readonly startingCashQuote?: Decimal;
  /** A rest smaller than this ends a round trip and stays as dust; default 0: only exactly nothing does. */
  readonly lotSizeBase?: Decimal;
}

/** What one fill did to the account. */
export interface PositionChange {
  readonly fillId: string;
  /** Signed quantity of base held before and after. */
  readonly beforeBase: Decimal;
  readonly afterBase: Decimal;
  /** Before fees; zero where the fill only opened. */
  readonly realisedPnlQuote: Decimal;
  /** A base fee is valued at the fill's price. */
  readonly feeQuote: Decimal;
  readonly cashQuote: Decimal;
  readonly closedTrade?: ClosedTrade;
}

/** One thing that happened to an account: the ledger is a fold of these, in order. */
export type LedgerEvent =
  | {readonly kind: 'fill'; readonly fill: Fill}
  | {readonly kind: 'mark'; readonly price: number; readonly timeMs: number}
  | {readonly kind: 'order-submitted'; readonly order: SubmittedOrder}
  | {readonly kind: 'order-report'; readonly report: OrderReport};

/** The account of one symbol: a fold of fills to position, cash, PnL and equity, in exact decimals.
 *  It records what the venue did and refuses nothing that is well-formed: limits are the risk audit's. */
export class PositionManager {
  readonly symbol: string;
  readonly startingCashQuote: Decimal;
  readonly #lotSizeBase: Decimal;
  readonly #seenFillIds = new Set<string>();
  readonly #pending = new PendingOrders();
  readonly #equity: EquityTracker;
  readonly #trades: ClosedTrade[] = [];
  #position: Position = FLAT;
  #held: HeldPosition | undefined;
  #cashQuote: Decimal;
  #realisedPnlQuote: Decimal = ZERO;
  #feesPaidQuote: Decimal = ZERO;
  #price = NaN;
  #timeMs = -Infinity;

  constructor(options: PositionManagerOptions) {
    this.symbol = options.symbol;
    this.startingCashQuote = options.startingCashQuote ?? new Decimal(10_000);
    this.#lotSizeBase = options.lotSizeBase ?? ZERO;
    this.#cashQuote = this.startingCashQuote;
    this.#equity = new EquityTracker(this.startingCashQuote);
  }

  /** The ledger after some events: how it is recovered from a journal. */
  static fold(options: PositionManagerOptions, events: Iterable<LedgerEvent>): PositionManager {
    const ledger = new PositionManager(options);
    for (const event of events) {
      switch (event.kind) {
        case 'fill':
          ledger.apply(event.fill);
          break;
        case 'mark':
          ledger.mark(event.price, event.timeMs);
          break;
        case 'order-submitted':
          ledger.orderSubmitted(event.order);
          break;
        case 'order-report':
          ledger.orderReport(event.report);
          break;
      }
    }
    return ledger;
  }

  /** The ledger after some fills alone. */
  static fromFills(options: PositionManagerOptions, fills: readonly Fill[]): PositionManager {
    return PositionManager.fold(
      options,
      fills.map((fill) => ({kind: 'fill', fill})),
    );
  }

  /** Folds a fill in.
   *  @returns `undefined` where a fill of that id was folded before: nothing changed
   *  @throws UNEXPECTED for a fill of another symbol or with an impossible number */
  apply(fill: Fill): PositionChange | undefined {
    if (this.#seenFillIds.has(fill.fillId)) return undefined;
    this.#requireFill(fill);
    this.#seenFillIds.add(fill.fillId);
    this.#pending.fill(fill);

    const before = this.#position;
    const movement = movementOf(fill);
    const moved = move(before, movement, this.symbol, this.#lotSizeBase);

    const paid = signed(fill).times(fill.price);
    this.#cashQuote = this.#cashQuote.minus(paid).minus(fill.feeCurrency === 'quote' ? fill.fee : ZERO);
    this.#position = moved.position;
    this.#held = moved.position.base.isZero() ? undefined : new HeldPosition(this.symbol, moved.position);
    this.#equity.holdingsChanged({cashQuote: this.#cashQuote, base: moved.position.base});
    this.#realisedPnlQuote = this.#realisedPnlQuote.plus(moved.realisedPnlQuote);
    this.#feesPaidQuote = this.#feesPaidQuote.plus(movement.feeQuote);
    if (moved.closedTrade !== undefined) this.#trades.push(moved.closedTrade);

    return {
      fillId: fill.fillId,
      beforeBase: before.base,
      afterBase: moved.position.base,
      realisedPnlQuote: moved.realisedPnlQuote,
      feeQuote: movement.feeQuote,
      cashQuote: this.#cashQuote,
      ...(moved.closedTrade === undefined ? {} : {closedTrade: moved.closedTrade}),
    };
  }

  /** An order is about to leave: it counts as pending from here on. Telling it twice changes nothing. */
  orderSubmitted(order: SubmittedOrder): void {
    this.#pending.submitted(order);
  }

  /** News of an order; a final one ends its being pending once its fills are in. */
  orderReport(report: OrderReport): void {
    this.#pending.report(report);
  }

  /** Values the account at a price: once a candle, at its close.
   *  @param timeMs close time, ms, UTC; the UTC day is read off it
   *  @throws UNEXPECTED for a price that is not finite and > 0, or a time that goes back */
  mark(price: number, timeMs: number): void {
    if (!(price > 0 && price < Infinity && timeMs >= this.#timeMs)) this.#refuseMark(price, timeMs);
    this.#price = price;
    this.#timeMs = timeMs;
    this.#equity.mark(price, timeMs);
  }

  /** The account at the last mark.
   *  @throws UNEXPECTED before the first mark */
  view(): AccountView & {toJSON(): AccountView} {
    if (Number.isNaN(this.#price)) {
      throw new DlTradeError('UNEXPECTED', `the account of ${this.symbol} was viewed before its first mark`);
    }
    return new LedgerView({
      timeMs: this.#timeMs,
      price: this.#price,
      cashQuote: this.#cashQuote,
      reservedQuote: this.#pending.reservedQuote,
      base: this.#position.base,
      held: this.#held,
      settled: this.#equity.settled,
      extremes: this.#equity.extremes,
      pendingOrders: this.#pending.views,
      realisedPnlQuote: this.#realisedPnlQuote,
      feesPaidQuote: this.#feesPaidQuote,
    });
  }

  /** What our books hold at this moment: base signed, with dust, and cash. Unlike the view it needs no price. */
  get holdings(): {readonly base: Decimal; readonly quote: Decimal} {
    return {base: this.#position.base, quote: this.#cashQuote};
  }

  /** Orders that may still bring fills. Unlike the view it needs no price. */
  get pendingOrders(): readonly PendingOrderView[] {
    return this.#pending.views;
  }

  /** Round trips that ended, in order. */
  get trades(): readonly ClosedTrade[] {
    return this.#trades;
  }

  #requireFill(fill: Fill): void {
    // Written as what must hold, so that a NaN refuses.
    const sound =
      fill.symbol === this.symbol
      && fill.quantityBase.isFinite()
      && fill.quantityBase.gt(0)
      && fill.price.isFinite()
      && fill.price.gt(0)
      && fill.fee.isFinite();
    if (sound) return;
    throw new DlTradeError(
      'UNEXPECTED',
      `fill "${fill.fillId}" was ${fill.side} ${fill.quantityBase.toFixed()} ${fill.symbol} at ${fill.price.toFixed()}, `
        + `fee ${fill.fee.toFixed()}; the ledger of ${this.symbol} wants its own symbol and finite amounts > 0`,
      {details: {fillId: fill.fillId, symbol: fill.symbol}},
    );
  }

  #refuseMark(price: number, timeMs: number): never {
    throw new DlTradeError(
      'UNEXPECTED',
      `mark of ${this.symbol} was ${price} at ${timeMs}, want a finite price > 0 and a time not before ${this.#timeMs}`,
      {details: {price, timeMs}},
    );
  }
}

function signed(fill: Fill): Decimal {
  return fill.side === 'buy' ? fill.quantityBase : fill.quantityBase.negated();
}

function movementOf(fill: Fill): Movement {
  const inBase = fill.feeCurrency === 'base';
  return {
    // A base fee leaves with the fill, whichever way it went.
    baseChange: inBase ? signed(fill).minus(fill.fee) : signed(fill),
    price: fill.price,
    feeQuote: inBase ? fill.fee.times(fill.price) : fill.fee,
    timeMs: fill.timeMs,
  };
}
