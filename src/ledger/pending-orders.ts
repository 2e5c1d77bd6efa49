import type {PendingOrderView} from '../domain/account-view.js';
import type {Decimal} from '../domain/decimal.js';
import {ZERO} from '../domain/decimal.js';
import type {Fill, OrderReport, OrderStatus, OrderTerms} from '../domain/order.js';

/** The part of an order that the ledger keeps while it may still change the account. */
export type SubmittedOrder = Pick<
  OrderTerms,
  'clientOrderId' | 'symbol' | 'side' | 'reduceOnly' | 'quantityBase' | 'referencePrice' | 'stopPrice'
>;

interface Entry {
  readonly order: SubmittedOrder;
  filledBase: Decimal;
  /** Set by a final report: how much the venue says was filled in all. */
  finalFilledBase: Decimal | undefined;
  /** True where it ended without the venue ever having known it: it may yet turn up there. */
  absent: boolean;
}

const FINAL: ReadonlySet<OrderStatus> = new Set(['filled', 'canceled', 'rejected', 'expired']);

/** Orders that may still bring fills. One leaves the list when it is final AND the fills that the venue
 *  counted have arrived: a report that outruns its fills must not make the account look free to buy again. */
export class PendingOrders {
  readonly #entries = new Map<string, Entry>();
  /** Of every order ever: one that has ended does not come back when it is told again. */
  readonly #known = new Map<string, Entry>();
  #views: readonly PendingOrderView[] | undefined = [];
  #reservedQuote: Decimal | undefined = ZERO;

  submitted(order: SubmittedOrder): void {
    if (this.#known.has(order.clientOrderId)) return;
    const entry: Entry = {order, filledBase: ZERO, finalFilledBase: undefined, absent: false};
    this.#known.set(order.clientOrderId, entry);
    this.#entries.set(order.clientOrderId, entry);
    this.#changed();
  }

  report(report: OrderReport): void {
    const entry = this.#known.get(report.clientOrderId);
    if (entry === undefined) return;
    if (FINAL.has(report.status)) {
      entry.finalFilledBase = report.filledBase;
      entry.absent = report.status === 'expired' && report.venueOrderId === undefined;
    } else if (entry.absent && report.status !== 'unknown') {
      entry.finalFilledBase = undefined;
      entry.absent = false;
    }
    this.#entries.set(report.clientOrderId, entry);
    this.#changed();
  }

  fill(fill: Fill): void {
    const entry = this.#known.get(fill.clientOrderId);
    if (entry === undefined) return;
    entry.filledBase = entry.filledBase.plus(fill.quantityBase);
    this.#changed();
  }

  get views(): readonly PendingOrderView[] {
    return (this.#views ??= [...this.#entries.values()].map((entry) => ({
      clientOrderId: entry.order.clientOrderId,
      symbol: entry.order.symbol,
      side: entry.order.side,
      reduceOnly: entry.order.reduceOnly,
      quantityBase: remaining(entry),
      ...(entry.order.stopPrice === undefined ? {} : {stopPrice: entry.order.stopPrice}),
    })));
  }

  /** What pending buys still need, at the price that they were decided on. */
  get reservedQuote(): Decimal {
    return (this.#reservedQuote ??= [...this.#entries.values()]
      .filter(({order}) => order.side === 'buy')
      .reduce((sum, entry) => sum.plus(remaining(entry).times(entry.order.referencePrice)), ZERO));
  }

  #changed(): void {
    for (const [id, entry] of this.#entries) {
      if (!remaining(entry).gt(0)) this.#entries.delete(id);
    }
    this.#views = undefined;
    this.#reservedQuote = undefined;
  }
}

function remaining({order, filledBase, finalFilledBase}: Entry): Decimal {
  return (finalFilledBase ?? order.quantityBase).minus(filledBase);
}
