import type {AccountView, PositionView} from '../domain/account-view.js';
import {Decimal, ZERO} from '../domain/decimal.js';
import type {MarketRules} from '../domain/market-rules.js';

/** What bounds the size of an opening order. */
export interface SizeLimits {
  readonly maxNotionalQuote: Decimal;
  /** 1 + expected costs as a fraction: what cash must cover for one quote of notional. */
  readonly costFactor: Decimal;
}

/** Quantity of a new position: the largest whole number of lots that notional and cash allow; zero where none fits.
 *  @param price close of the candle, in quote per base
 *  @param held dust of an earlier position, which counts against the notional */
export function openingQuantity(
  limits: SizeLimits,
  account: AccountView,
  rules: MarketRules,
  at: {readonly price: Decimal; readonly held: PositionView | undefined},
): Decimal {
  const heldQuote = (at.held?.quantityBase ?? ZERO).times(at.price);
  const byCash = account.availableQuote.dividedBy(limits.costFactor);
  const room = Decimal.min(limits.maxNotionalQuote.minus(heldQuote), byCash);
  if (!room.gt(0)) return ZERO;
  // A whole division: a rounded quotient could come out one lot too large.
  return room.dividedToIntegerBy(at.price.times(rules.lotSizeBase)).times(rules.lotSizeBase);
}

/** What of a position a venue would take back: whole lots; zero where it is dust.
 *  @param price close of the candle, in quote per base */
export function closableQuantity(position: PositionView, rules: MarketRules, price: Decimal): Decimal {
  const quantity = position.quantityBase.dividedToIntegerBy(rules.lotSizeBase).times(rules.lotSizeBase);
  const accepted = quantity.gte(rules.minQuantityBase) && quantity.times(price).gte(rules.minNotionalQuote);
  return accepted ? quantity : ZERO;
}
