import type {Decimal} from './decimal.js';
import type {Side} from './order.js';

/** One open position, as the ledger knows it. */
export interface PositionView {
  readonly symbol: string;
  readonly side: 'long' | 'short';
  /** > 0 for both sides. */
  readonly quantityBase: Decimal;
  readonly averageEntryPrice: Decimal;
  /** At the mark price, before closing costs. */
  readonly unrealisedPnlQuote: Decimal;
  readonly openedAtMs: number;
}

/** An order that has left but is not final. */
export interface PendingOrderView {
  readonly clientOrderId: string;
  readonly symbol: string;
  readonly side: Side;
  readonly reduceOnly: boolean;
  /** What is still to be filled. */
  readonly quantityBase: Decimal;
  /** Of a stop that rests until the market's price reaches it; undefined: it is under way. */
  readonly stopPrice?: Decimal;
}

/** What a decision and a risk check may know of the account: an immutable value at one moment. */
export interface AccountView {
  /** Mark time: close time of the last candle, ms, UTC. */
  readonly timeMs: number;
  readonly markPrice: Decimal;
  readonly cashQuote: Decimal;
  /** Cash that no pending buy needs. */
  readonly availableQuote: Decimal;
  readonly equityQuote: Decimal;
  /** Highest equity at any mark since the account began. */
  readonly peakEquityQuote: Decimal;
  /** Equity at the first mark of the UTC day. */
  readonly dayStartEquityQuote: Decimal;
  /** Highest equity at any mark of the UTC day. */
  readonly dayPeakEquityQuote: Decimal;
  readonly positions: readonly PositionView[];
  readonly pendingOrders: readonly PendingOrderView[];
  readonly realisedPnlQuote: Decimal;
  readonly feesPaidQuote: Decimal;
}

/** True for a stop that protects a position: unlike other orders it may rest for as long as the position does. */
export function isRestingStop({stopPrice}: Pick<PendingOrderView, 'stopPrice'>): boolean {
  return stopPrice !== undefined;
}
