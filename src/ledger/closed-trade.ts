import type {Decimal} from '../domain/decimal.js';

/** A round trip: from the first fill of a position to the one that ended it. */
export interface ClosedTrade {
  readonly symbol: string;
  readonly side: 'long' | 'short';
  readonly openedAtMs: number;
  readonly closedAtMs: number;
  readonly holdingMs: number;
  /** What was closed over the whole trade. */
  readonly quantityBase: Decimal;
  /** Weighted by quantity, before fees. */
  readonly averageEntryPrice: Decimal;
  readonly averageExitPrice: Decimal;
  /** Before fees. */
  readonly grossPnlQuote: Decimal;
  /** Of opening and closing, base fees valued at their fill's price. */
  readonly feesQuote: Decimal;
  /** grossPnlQuote - feesQuote. */
  readonly pnlQuote: Decimal;
}
