import type {AccountView, PositionView} from '../domain/account-view.js';
import {Decimal, ZERO} from '../domain/decimal.js';
import type {MarketRules} from '../domain/market-rules.js';
import {PriceLine} from './price-line.js';

/** What bounds the size of an opening order. */
export interface SizeLimits {
  readonly maxNotionalQuote: Decimal;
  /** As of `costFactorOf`. */
  readonly costFactor: Decimal;
}

/** Of one quote of a new position, what cash must cover: its costs, and the step from the close to the next open.
 *  @param costs in basis points */
export function costFactorOf({
  feeBps = 10,
  slippageBps = 2,
  bufferBps = 50,
}: {
  readonly feeBps?: number | undefined;
  readonly slippageBps?: number | undefined;
  readonly bufferBps?: number | undefined;
}): Decimal {
  return new Decimal(feeBps + slippageBps + bufferBps).dividedBy(10_000).plus(1);
}

/** How much of a new position fits. */
export interface OpeningSize {
  /** In base. */
  readonly quantity: Decimal;
  /** True where the cash allows less than the maximum notional. */
  readonly isBoundByCash: boolean;
}

/** Size of a new position: the largest whole number of lots that notional and cash allow; zero where none fits.
 *  @param price close of the candle, in quote per base
 *  @param held dust of an earlier position, which counts against the notional */
export function openingSize(
  limits: SizeLimits,
  account: AccountView,
  rules: MarketRules,
  at: {readonly price: Decimal; readonly held: PositionView | undefined},
): OpeningSize {
  const heldQuote = (at.held?.quantityBase ?? ZERO).times(at.price);
  const byCash = account.availableQuote.dividedBy(limits.costFactor);
  const byNotional = limits.maxNotionalQuote.minus(heldQuote);
  const isBoundByCash = byCash.lt(byNotional);
  // NaN of either is NaN, and no room.
  const room = Decimal.min(byNotional, byCash);
  if (!room.gt(0)) return {quantity: ZERO, isBoundByCash};
  // A whole division: a rounded quotient could come out one lot too large.
  const lots = room.dividedToIntegerBy(at.price.times(rules.lotSizeBase));
  return {quantity: lots.times(rules.lotSizeBase), isBoundByCash};
}

/** What of a position a venue would take back, asked candle after candle: decimals are made where the quantity
 *  has changed, not where the price has. */
export class Closable {
  readonly #rules: MarketRules;
  #heldBase: Decimal | undefined;
  #lots: Decimal = ZERO;
  /** Price at which the lots reach the minimum notional. */
  #line: PriceLine | undefined;

  constructor(rules: MarketRules) {
    this.#rules = rules;
  }

  /** Whole lots; undefined where the position is dust, too little for the venue at that close. */
  quantity({quantityBase}: PositionView, close: number): Decimal | undefined {
    if (quantityBase !== this.#heldBase) this.#measure(quantityBase);
    return this.#line?.atOrBelow(close) === true ? this.#lots : undefined;
  }

  /** True where whole lots are held whose value at that close lies below the venue's minimum: they wait for a better price. */
  isWorthTooLittle({quantityBase}: PositionView, close: number): boolean {
    if (quantityBase !== this.#heldBase) this.#measure(quantityBase);
    return this.#line?.atOrBelow(close) === false;
  }

  #measure(heldBase: Decimal): void {
    const {lotSizeBase, minQuantityBase, minNotionalQuote} = this.#rules;
    this.#heldBase = heldBase;
    this.#lots = heldBase.dividedToIntegerBy(lotSizeBase).times(lotSizeBase);
    const enough = this.#lots.gt(0) && this.#lots.gte(minQuantityBase);
    this.#line = enough ? new PriceLine(minNotionalQuote.dividedBy(this.#lots)) : undefined;
  }
}
