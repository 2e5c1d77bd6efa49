import {BigNumber} from 'bignumber.js';

/** Exact decimal arithmetic for money and quantities: sums, differences and products never round;
 *  a quotient carries 40 decimal places, rounded half to even. Floats enter only in `decision`. */
export const Decimal = BigNumber.clone({
  DECIMAL_PLACES: 40,
  ROUNDING_MODE: BigNumber.ROUND_HALF_EVEN,
  EXPONENTIAL_AT: 1e9,
});

export type Decimal = BigNumber;

/** Zero, shared: decimals are immutable. */
export const ZERO: Decimal = new Decimal(0);
