import type {Decimal} from './decimal.js';

/** What a venue accepts for one symbol. */
export interface MarketRules {
  readonly symbol: string;
  readonly base: string;
  readonly quote: string;
  /** Quantities are multiples of this. */
  readonly lotSizeBase: Decimal;
  /** Prices are multiples of this. */
  readonly tickSizeQuote: Decimal;
  readonly minQuantityBase: Decimal;
  readonly minNotionalQuote: Decimal;
}
