import {Decimal, ZERO} from '../domain/decimal.js';

const DAY_MS = 86_400_000;

/** What the account holds between two fills. */
export interface Holdings {
  readonly cashQuote: Decimal;
  /** Signed. */
  readonly base: Decimal;
}

/** Equity at the marks that matter. */
export interface EquityMarks {
  readonly peak: Decimal;
  readonly dayStart: Decimal;
  readonly dayPeak: Decimal;
}

/** Prices of marks since the last fill, in quote per base; NaN where there was none. */
export interface PriceExtremes {
  readonly best: number;
  readonly dayBest: number;
  /** A number where the day's first mark came after the last fill. */
  readonly dayStart: number;
}

const NO_EXTREMES: PriceExtremes = Object.freeze({best: NaN, dayBest: NaN, dayStart: NaN});

/** Equity of holdings at a price, exact. */
export function equityAt({cashQuote, base}: Holdings, price: number): Decimal {
  return base.isZero() ? cashQuote : cashQuote.plus(base.times(price));
}

/** Peak and day's equity over marks, exact and yet cheap. Between two fills equity only rises or only falls with the
 *  price, so the best price is where the best equity is: a mark compares floats, and decimals are made where
 *  holdings change or someone asks. While nothing is held, one mark a day says all. */
export class EquityTracker {
  #holdings: Holdings;
  #settled: EquityMarks;
  #direction = 0;
  #bestPrice = NaN;
  #dayBestPrice = NaN;
  /** Price of the day's first mark, while no fill has followed it. */
  #dayStartPrice = NaN;
  #nextDayMs = -Infinity;
  /** True where the marks while flat are in `#settled` already. */
  #flatSettled = false;

  constructor(startingCashQuote: Decimal) {
    this.#holdings = {cashQuote: startingCashQuote, base: ZERO};
    this.#settled = {peak: startingCashQuote, dayStart: startingCashQuote, dayPeak: startingCashQuote};
  }

  mark(price: number, timeMs: number): void {
    if (timeMs >= this.#nextDayMs) this.#startDay(price, timeMs);
    if (this.#flatSettled) return;

    // Negated, so that the first mark after a fill (best is NaN) is taken as well.
    if (this.#direction >= 0) {
      if (!(price <= this.#bestPrice)) this.#bestPrice = price;
      if (!(price <= this.#dayBestPrice)) this.#dayBestPrice = price;
    } else {
      if (!(price >= this.#bestPrice)) this.#bestPrice = price;
      if (!(price >= this.#dayBestPrice)) this.#dayBestPrice = price;
    }
    if (this.#direction === 0) {
      this.#settle();
      this.#flatSettled = true;
    }
  }

  /** Equities up to the last fill; `extremes` holds the marks since. */
  get settled(): EquityMarks {
    return this.#settled;
  }

  get extremes(): PriceExtremes {
    if (this.#flatSettled) return NO_EXTREMES;
    return {best: this.#bestPrice, dayBest: this.#dayBestPrice, dayStart: this.#dayStartPrice};
  }

  /** A fill changed what is held: past marks are valued with what was held at them. */
  holdingsChanged(after: Holdings): void {
    this.#settle();
    this.#holdings = after;
    this.#direction = after.base.isZero() ? 0 : after.base.isNegative() ? -1 : 1;
    this.#flatSettled = false;
  }

  #startDay(price: number, timeMs: number): void {
    this.#nextDayMs = (Math.floor(timeMs / DAY_MS) + 1) * DAY_MS;
    this.#dayStartPrice = price;
    this.#dayBestPrice = price;
    this.#flatSettled = false;
  }

  #settle(): void {
    this.#settled = resolve(this.#settled, this.#holdings, this.extremes);
    this.#bestPrice = NaN;
    this.#dayBestPrice = NaN;
    this.#dayStartPrice = NaN;
  }
}

/** Turns settled equities and the prices since into equities. */
export function resolve(settled: EquityMarks, holdings: Holdings, prices: PriceExtremes): EquityMarks {
  if (prices === NO_EXTREMES) return settled;
  const at = (price: number): Decimal | undefined =>
    Number.isNaN(price) ? undefined : equityAt(holdings, price);
  const best = at(prices.best);
  const dayBest = at(prices.dayBest);
  const dayStart = at(prices.dayStart);
  // A new day forgets the old day's peak.
  const dayPeakBefore = dayStart ?? settled.dayPeak;
  return {
    peak: best === undefined ? settled.peak : Decimal.max(settled.peak, best),
    dayStart: dayStart ?? settled.dayStart,
    dayPeak: dayBest === undefined ? dayPeakBefore : Decimal.max(dayPeakBefore, dayBest),
  };
}
