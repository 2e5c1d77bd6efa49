import {DlTradeError} from '../domain/errors.js';
import type {OrderReport, OrderTerms} from '../domain/order.js';
import {advance, createdOrder, isFinal} from './order-state.js';
import type {OrderNews, OrderState} from './order-state.js';

/** What the journal holds of our orders, in the order in which it was written. */
export type OrderRecord =
  | {readonly kind: 'created'; readonly order: OrderTerms}
  | {readonly kind: 'report'; readonly report: OrderReport};

/** Our own orders and where each stands: a fold of what the journal records. */
export class OrderTracker {
  readonly #states = new Map<string, OrderState>();
  readonly #pending = new Map<string, OrderState>();

  /** The tracker after some records: how it is recovered. */
  static restore(records: Iterable<OrderRecord>): OrderTracker {
    const tracker = new OrderTracker();
    for (const record of records) {
      if (record.kind === 'created') tracker.created(record.order);
      else tracker.report(record.report);
    }
    return tracker;
  }

  /** An order is on disk and about to be sent. Telling it twice changes nothing. */
  created(order: OrderTerms): OrderState {
    const known = this.#states.get(order.clientOrderId);
    if (known !== undefined) return known;
    return this.#keep(createdOrder(order));
  }

  /** Folds in what a broker said.
   *  @throws OrderTransitionError for a report that cannot be true
   *  @throws UNEXPECTED for an order that is not ours: it is to be left alone */
  report(report: OrderReport): {state: OrderState; news: OrderNews} {
    const known = this.#states.get(report.clientOrderId);
    if (known === undefined) {
      throw new DlTradeError(
        'UNEXPECTED',
        `a report of order "${report.clientOrderId}" came in, which is none of ours`,
        {details: {clientOrderId: report.clientOrderId, status: report.status}},
      );
    }
    const {state, news} = advance(known, report);
    return {state: this.#keep(state), news};
  }

  get(clientOrderId: string): OrderState | undefined {
    return this.#states.get(clientOrderId);
  }

  /** Orders that are not final, oldest first. */
  get pending(): readonly OrderState[] {
    return [...this.#pending.values()];
  }

  #keep(state: OrderState): OrderState {
    const id = state.order.clientOrderId;
    this.#states.set(id, state);
    if (isFinal(state.status)) this.#pending.delete(id);
    else this.#pending.set(id, state);
    return state;
  }
}
