import {Decimal, ZERO} from '../domain/decimal.js';
import {DlTradeError} from '../domain/errors.js';
import type {OrderReport, OrderStatus, OrderTerms} from '../domain/order.js';

/** One of our orders, as far as it is known. */
export interface OrderState {
  readonly order: OrderTerms;
  readonly status: OrderStatus;
  /** The most that any report has told: an order never unfills. */
  readonly filledBase: Decimal;
  readonly venueOrderId?: string;
  readonly reason?: string;
}

/** What a report meant: news, the same again, older than what is known, or a final state that was wrong. */
export type OrderNews = 'advanced' | 'duplicate' | 'late' | 'corrected';

/** A report that cannot be true of this order: a defect here or a contradiction at the venue. */
export class OrderTransitionError extends DlTradeError {
  override readonly name = 'OrderTransitionError';
}

const FINAL: ReadonlySet<OrderStatus> = new Set(['filled', 'canceled', 'rejected', 'expired']);

const SEEN: ReadonlySet<OrderStatus> = new Set([
  'open',
  'partially-filled',
  'filled',
  'canceled',
  'rejected',
]);

/** How far along a life is: a report of a lower rank than what is known is a late one. */
const RANK: Readonly<Record<OrderStatus, number>> = {
  created: 0,
  unknown: 1,
  open: 2,
  'partially-filled': 3,
  filled: 4,
  canceled: 4,
  rejected: 4,
  expired: 4,
};

/** True where nothing more is expected of the order. */
export function isFinal(status: OrderStatus): boolean {
  return FINAL.has(status);
}

/** An order before anything was sent: what the journal holds first. */
export function createdOrder(order: OrderTerms): OrderState {
  return {order, status: 'created', filledBase: ZERO};
}

/** Folds a report in. Reports may repeat and overtake each other; what is known only ever grows.
 *  @throws OrderTransitionError for a report of another order, for more filled than ordered, for a rejection of
 *  something filled, for one end after another with nothing new filled */
export function advance(state: OrderState, report: OrderReport): {state: OrderState; news: OrderNews} {
  requirePossible(state, report);
  const filledBase = Decimal.max(state.filledBase, report.filledBase);
  const grew = filledBase.gt(state.filledBase);

  if (isFinal(state.status)) {
    // Given up as absent, and there after all: a venue can take an order long after our timeout.
    if (state.status === 'expired' && state.venueOrderId === undefined && SEEN.has(report.status)) {
      return {state: next(state, report, filledBase), news: 'corrected'};
    }
    if (!isFinal(report.status)) return {state, news: grew ? refuse(state, report) : 'late'};
    if (!grew) {
      return report.status === state.status ? {state, news: 'duplicate'} : refuse(state, report);
    }
    // An order taken for dead that filled: the fill is the truth, whatever we believed.
    const revivable = state.status === 'canceled' || state.status === 'expired';
    return revivable ? {state: next(state, report, filledBase), news: 'corrected'} : refuse(state, report);
  }

  // Losing sight of an order tells nothing that was not known, unless nothing was.
  const status = RANK[report.status] < RANK[state.status] ? state.status : report.status;
  const known = report.venueOrderId === undefined || state.venueOrderId !== undefined;
  if (status === state.status && !grew && known) {
    return {state, news: report.status === state.status ? 'duplicate' : 'late'};
  }
  return {state: next(state, {...report, status}, filledBase), news: 'advanced'};
}

function next(state: OrderState, report: OrderReport, filledBase: Decimal): OrderState {
  const venueOrderId = report.venueOrderId ?? state.venueOrderId;
  const reason = report.reason ?? state.reason;
  return {
    order: state.order,
    status: report.status,
    filledBase,
    ...(venueOrderId === undefined ? {} : {venueOrderId}),
    ...(reason === undefined ? {} : {reason}),
  };
}

function requirePossible(state: OrderState, report: OrderReport): void {
  const {order} = state;
  const filled = Decimal.max(state.filledBase, report.filledBase);
  // Written as what must hold, so that a NaN refuses.
  const possible =
    report.clientOrderId === order.clientOrderId
    && report.filledBase.gte(0)
    && filled.lte(order.quantityBase)
    && (report.status !== 'filled' || filled.eq(order.quantityBase))
    && (report.status !== 'rejected' || filled.isZero());
  if (!possible) refuse(state, report);
}

function refuse(state: OrderState, report: OrderReport): never {
  const {order} = state;
  throw new OrderTransitionError(
    'UNEXPECTED',
    `order "${order.clientOrderId}" was ${state.status} with ${state.filledBase.toFixed()} of `
      + `${order.quantityBase.toFixed()} filled and cannot become ${report.status} with ${report.filledBase.toFixed()}; `
      + `compare it with the venue before trading on`,
    {
      details: {
        clientOrderId: order.clientOrderId,
        reportedId: report.clientOrderId,
        from: state.status,
        to: report.status,
        knownFilledBase: state.filledBase.toFixed(),
        reportedFilledBase: report.filledBase.toFixed(),
      },
    },
  );
}
