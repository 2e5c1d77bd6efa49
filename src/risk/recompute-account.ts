import {Decimal, ZERO} from '../domain/decimal.js';
import type {Fill} from '../domain/order.js';

const DAY_MS = 86_400_000;

/** The account as the fills alone tell it. */
export interface RecomputedAccount {
  /** Signed: > 0 long, < 0 short. */
  readonly exposureBase: Decimal;
  readonly cashQuote: Decimal;
  readonly equityQuote: Decimal;
  readonly peakEquityQuote: Decimal;
  readonly dayStartEquityQuote: Decimal;
  readonly dayPeakEquityQuote: Decimal;
}

/** How the closed round trips went, as the fills alone tell it. */
export interface TradeStreak {
  readonly consecutiveLosses: number;
  /** Time of the last fill that ended a losing round trip, ms, UTC. */
  readonly lastLossMs: number | undefined;
  /** Time of the last fill that ended any round trip, ms, UTC. */
  readonly lastCloseMs: number | undefined;
}

/** A second opinion on the account, from fills and marks and nothing else. It shares no code with the ledger
 *  and keeps other totals (bought, sold, spent, received), so that one mistake does not sit in both. */
export class FillAudit {
  readonly #symbol: string;
  readonly #startingCashQuote: Decimal;
  readonly #fillIds = new Set<string>();
  #boughtBase = ZERO;
  #soldBase = ZERO;
  #feesBase = ZERO;
  #spentQuote = ZERO;
  #receivedQuote = ZERO;
  #feesQuote = ZERO;

  /** Of marks since the last fill: equity is a straight line in the price, so both ends of the range suffice. */
  #range = {low: NaN, high: NaN};
  #dayRange = {low: NaN, high: NaN};
  #firstOfDay = NaN;
  #day = NaN;
  #price = NaN;
  #peak: Decimal;
  #dayStart: Decimal;
  #dayPeak: Decimal;

  #equityAtTradeStart: Decimal | undefined;
  #streak: TradeStreak = {consecutiveLosses: 0, lastLossMs: undefined, lastCloseMs: undefined};

  constructor(symbol: string, startingCashQuote: Decimal) {
    this.#symbol = symbol;
    this.#startingCashQuote = startingCashQuote;
    this.#peak = startingCashQuote;
    this.#dayStart = startingCashQuote;
    this.#dayPeak = startingCashQuote;
  }

  /** Counts a fill once, by its id; one of another symbol is not ours to count.
   *  @param lotSizeBase what is left below this cannot be traded: the round trip is over */
  apply(fill: Fill, lotSizeBase: Decimal): void {
    if (fill.symbol !== this.#symbol || this.#fillIds.has(fill.fillId)) return;
    this.#fillIds.add(fill.fillId);
    this.#closeRange();

    const exposureBefore = this.#exposure();
    const equityBefore = this.#equityAt(fill.price);
    const notional = fill.quantityBase.times(fill.price);
    if (fill.side === 'buy') {
      this.#boughtBase = this.#boughtBase.plus(fill.quantityBase);
      this.#spentQuote = this.#spentQuote.plus(notional);
    } else {
      this.#soldBase = this.#soldBase.plus(fill.quantityBase);
      this.#receivedQuote = this.#receivedQuote.plus(notional);
    }
    if (fill.feeCurrency === 'base') this.#feesBase = this.#feesBase.plus(fill.fee);
    else this.#feesQuote = this.#feesQuote.plus(fill.fee);

    this.#followTrade({exposureBefore, equityBefore, fill, lotSizeBase});
  }

  /** Values the account at a candle's close. */
  mark(price: number, timeMs: number): void {
    const day = Math.floor(timeMs / DAY_MS);
    if (day !== this.#day) {
      this.#day = day;
      this.#firstOfDay = price;
      this.#dayRange = {low: price, high: price};
    }
    this.#price = price;
    widen(this.#range, price);
    widen(this.#dayRange, price);
  }

  /** The account at the last mark. */
  account(): RecomputedAccount {
    this.#closeRange();
    return {
      exposureBase: this.#exposure(),
      cashQuote: this.#cash(),
      equityQuote: this.#equityAt(this.#price),
      peakEquityQuote: this.#peak,
      dayStartEquityQuote: this.#dayStart,
      dayPeakEquityQuote: this.#dayPeak,
    };
  }

  get streak(): TradeStreak {
    return this.#streak;
  }

  #exposure(): Decimal {
    return this.#boughtBase.minus(this.#soldBase).minus(this.#feesBase);
  }

  #cash(): Decimal {
    return this.#startingCashQuote.plus(this.#receivedQuote).minus(this.#spentQuote).minus(this.#feesQuote);
  }

  #equityAt(price: Decimal | number): Decimal {
    const exposure = this.#exposure();
    return exposure.isZero() ? this.#cash() : this.#cash().plus(exposure.times(price));
  }

  /** Values the marks so far with what is held now, which is what was held at them. */
  #closeRange(): void {
    if (!Number.isNaN(this.#firstOfDay)) {
      this.#dayStart = this.#equityAt(this.#firstOfDay);
      this.#dayPeak = this.#dayStart;
      this.#firstOfDay = NaN;
    }
    for (const price of [this.#range.low, this.#range.high]) {
      if (!Number.isNaN(price)) this.#peak = Decimal.max(this.#peak, this.#equityAt(price));
    }
    for (const price of [this.#dayRange.low, this.#dayRange.high]) {
      if (!Number.isNaN(price)) this.#dayPeak = Decimal.max(this.#dayPeak, this.#equityAt(price));
    }
    this.#range = {low: NaN, high: NaN};
    this.#dayRange = {low: NaN, high: NaN};
  }

  #followTrade(step: {
    exposureBefore: Decimal;
    equityBefore: Decimal;
    fill: Fill;
    lotSizeBase: Decimal;
  }): void {
    const {exposureBefore, equityBefore, fill, lotSizeBase} = step;
    const exposure = this.#exposure();
    const isOpen = (base: Decimal): boolean => !base.isZero() && base.abs().gte(lotSizeBase);
    const reversed = !exposure.isZero() && exposure.isNegative() !== exposureBefore.isNegative();

    if (isOpen(exposureBefore) && (!isOpen(exposure) || reversed)) {
      const equity = this.#equityAt(fill.price);
      const lost = equity.lt(this.#equityAtTradeStart ?? equity);
      this.#streak = {
        consecutiveLosses: lost ? this.#streak.consecutiveLosses + 1 : 0,
        lastLossMs: lost ? fill.timeMs : this.#streak.lastLossMs,
        lastCloseMs: fill.timeMs,
      };
      this.#equityAtTradeStart = isOpen(exposure) ? equity : undefined;
    } else if (!isOpen(exposureBefore) && isOpen(exposure)) {
      this.#equityAtTradeStart = equityBefore;
    }
  }
}

function widen(range: {low: number; high: number}, price: number): void {
  // Negated, so that the first price after a fill (the range is NaN) is taken.
  if (!(price >= range.low)) range.low = price;
  if (!(price <= range.high)) range.high = price;
}
