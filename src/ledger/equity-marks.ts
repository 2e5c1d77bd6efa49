import {Decimal} from '../domain/decimal.js';

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

/** Equity of holdings at a price, exact. */
export function equityAt({cashQuote, base}: Holdings, price: number): Decimal {
  return base.isZero() ? cashQuote : cashQuote.plus(base.times(price));
}

/** Peak and day's equity over marks, exact and yet cheap. Between two fills equity only rises or only falls with the
 *  price, so the best price is where the best equity is: a mark compares floats, and decimals are made where
 *  holdings change or someone asks. */
export class EquityTracker {
  #settled: EquityMarks;
  #direction = 0;
  #bestPrice = NaN;
  #dayBestPrice = NaN;
  /** Price of the day's first mark, while no fill has followed it. */
  #dayStartPrice = NaN;
  #nextDayMs = -Infinity;

  constructor(startingEquity: Decimal) {
    this.#settled = {peak: startingEquity, dayStart: startingEquity, dayPeak: startingEquity};
  }

  mark(price: number, timeMs: number): void {
    if (timeMs >= this.#nextDayMs) {
      this.#nextDayMs = (Math.floor(timeMs / DAY_MS) + 1) * DAY_MS;
      this.#dayStartPrice = price;
      this.#dayBestPrice = price;
    }
    // Negated, so that the first mark after a fill (best is NaN) is taken as well.
    if (this.#direction >= 0) {
      if (!(price <= this.#bestPrice)) this.#bestPrice = price;
      if (!(price <= this.#dayBestPrice)) this.#dayBestPrice = price;
    } else {
      if (!(price >= this.#bestPrice)) this.#bestPrice = price;
      if (!(price >= this.#dayBestPrice)) this.#dayBestPrice = price;
    }
  }

  /** The marks so far, seen with what has been held since the last fill. */
  marks(holdings: Holdings): EquityMarks {
    return resolve(this.#settled, holdings, this.extremes());
  }

  /** The floats behind `marks`, for a view that may never be asked. */
  extremes(): PriceExtremes {
    return {best: this.#bestPrice, dayBest: this.#dayBestPrice, dayStart: this.#dayStartPrice};
  }

  get settled(): EquityMarks {
    return this.#settled;
  }

  /** Call before holdings change: past marks are valued with what was held then. */
  holdingsChange(before: Holdings, baseAfter: Decimal): void {
    this.#settled = this.marks(before);
    this.#bestPrice = NaN;
    this.#dayBestPrice = NaN;
    this.#dayStartPrice = NaN;
    this.#direction = baseAfter.isZero() ? 0 : baseAfter.isNegative() ? -1 : 1;
  }
}

/** Prices of marks since the last fill, in quote per base; NaN where there was none. */
export interface PriceExtremes {
  readonly best: number;
  readonly dayBest: number;
  /** A number where the day's first mark came after the last fill. */
  readonly dayStart: number;
}

/** Turns settled equities and the prices since into equities. */
export function resolve(settled: EquityMarks, holdings: Holdings, prices: PriceExtremes): EquityMarks {
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
