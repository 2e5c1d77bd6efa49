import type {Decimal} from '../domain/decimal.js';

/** An exact price that closes are compared with, candle after candle. Rounding to a double keeps order, so doubles
 *  decide whenever they differ, and decimals only where they tie. */
export class PriceLine {
  readonly #exact: Decimal;
  readonly #rounded: number;

  constructor(exact: Decimal) {
    this.#exact = exact;
    this.#rounded = exact.toNumber();
  }

  /** False for a NaN. */
  atOrBelow(close: number): boolean {
    return close === this.#rounded ? this.#exact.lte(close) : this.#rounded < close;
  }

  /** False for a NaN. */
  atOrAbove(close: number): boolean {
    return close === this.#rounded ? this.#exact.gte(close) : this.#rounded > close;
  }
}
