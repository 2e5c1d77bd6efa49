import type {Decimal} from '../domain/decimal.js';
import {ZERO} from '../domain/decimal.js';
import type {Fill, OrderReport} from '../domain/order.js';
import type {BrokerEvent} from '../execution/broker.js';
import {isFinal} from '../execution/order-state.js';
import type {CcxtOrder, ExpectedOrder} from './ccxt-order.js';

/** One order at an exchange: what has been told of it, and what is still to be told. An end is never told before all the fills that
 *  lead to it, so whoever keeps what it is told can stop at any moment and lose nothing. */
export class FollowedOrder {
  readonly expected: ExpectedOrder;
  readonly #told = new Set<string>();
  #report: OrderReport;
  /** As whoever submitted it, or takes the news, has it. */
  #known: OrderReport;
  /** By the exchange's clock, ms: from then on it is certain that an order which the exchange does not know never arrived.
   *  Infinity where the exchange knows no end. */
  certainFromMs = Infinity;
  /** True where the order was given up as one that never arrived. */
  isAbsent = false;
  /** True where it was sent from here, or may have been. */
  readonly isSubmitted: boolean;

  constructor(expected: ExpectedOrder, {isSubmitted}: {isSubmitted: boolean}) {
    this.expected = expected;
    this.isSubmitted = isSubmitted;
    this.#report = {clientOrderId: expected.clientOrderId, status: 'unknown', filledBase: ZERO};
    this.#known = this.#report;
  }

  /** What was told last; of one that nothing was told of, that it is unknown. */
  get report(): OrderReport {
    return this.#report;
  }

  get venueOrderId(): string | undefined {
    return this.#report.venueOrderId;
  }

  /** How it stands, where that is news: what a query has answered may have been heard by nobody who keeps it. */
  takeNews(): BrokerEvent[] {
    const [before, report] = [this.#known, this.#report];
    this.#known = report;
    const isNews =
      report.status !== before.status
      || !report.filledBase.eq(before.filledBase)
      || report.venueOrderId !== before.venueOrderId;
    return isNews ? [{kind: 'order', report}] : [];
  }

  /** True where nothing is to be asked any more. */
  get isOver(): boolean {
    return isFinal(this.#report.status) && !this.isAbsent;
  }

  /** True where it is an order, and not only an id that was asked about. */
  get isKnown(): boolean {
    return this.isSubmitted || this.venueOrderId !== undefined;
  }

  /** True where the order's trades have to be read: they have grown, or are about to be final, and then what the order says of
   *  them is not enough. */
  wantsFills({filledBase, status}: CcxtOrder): boolean {
    return isFinal(status) || filledBase.gt(this.#report.filledBase);
  }

  /** Says what came of sending it. */
  sent(status: OrderReport['status'], {reason, venueOrderId}: Partial<OrderReport>): OrderReport {
    this.#known = this.#tell({status, ...(venueOrderId === undefined ? {} : {venueOrderId})}, reason);
    return this.#known;
  }

  /** Gives it up: the exchange does not know it, and it can no longer arrive. */
  giveUp(reason: string): void {
    this.isAbsent = true;
    this.#tell({status: 'expired'}, reason);
  }

  /** Takes in how the exchange has the order, with the fills that it has of it.
   *  @returns what of it is news, fills first */
  advance(order: CcxtOrder, fills: readonly Fill[]): BrokerEvent[] {
    const fresh = fills.filter(({fillId}) => !this.#told.has(fillId));
    for (const {fillId} of fresh) this.#told.add(fillId);
    const filledBase = fresh.reduce((sum, fill) => sum.plus(fill.quantityBase), this.#report.filledBase);
    const events: BrokerEvent[] = fresh.map((fill) => ({kind: 'fill', fill}));
    this.isAbsent = false;
    this.#tell({...this.#standing(order, filledBase), venueOrderId: order.venueOrderId});
    return [...events, ...this.takeNews()];
  }

  /** As `advance`, with the fills left for another time: an end behind them is left as well. */
  peek(order: CcxtOrder, fills: readonly Fill[]): OrderReport {
    const {filledBase} = this.#report;
    const isTold = fills.every(({fillId}) => this.#told.has(fillId));
    this.isAbsent = false;
    const standing = isTold ? this.#standing(order, filledBase) : this.#open(filledBase);
    return this.#tell({...standing, venueOrderId: order.venueOrderId});
  }

  #standing(order: CcxtOrder, filledBase: Decimal): Pick<OrderReport, 'status' | 'filledBase'> {
    if (isFinal(order.status) && filledBase.gte(order.filledBase)) {
      // Trades may be seen before the order has counted them.
      const isWhole = filledBase.gte(order.quantityBase);
      return {status: isWhole ? 'filled' : order.status, filledBase};
    }
    return this.#open(filledBase);
  }

  #open(filledBase: Decimal): Pick<OrderReport, 'status' | 'filledBase'> {
    return {status: filledBase.gt(0) ? 'partially-filled' : 'open', filledBase};
  }

  #tell(change: Partial<OrderReport>, reason?: string): OrderReport {
    const {clientOrderId, status, filledBase} = this.#report;
    const venueOrderId = change.venueOrderId ?? this.#report.venueOrderId;
    this.#report = {
      ...{clientOrderId, status, filledBase, ...change},
      ...(venueOrderId === undefined ? {} : {venueOrderId}),
      ...(reason === undefined ? {} : {reason}),
    };
    return this.#report;
  }
}
