import {z} from 'zod';
import {Decimal, ZERO} from '../domain/decimal.js';
import type {MarketRules} from '../domain/market-rules.js';

/** Of ccxt's `precisionMode`. */
const DECIMAL_PLACES = 2;
const TICK_SIZE = 4;

/** ccxt gives numbers as doubles or as their digits, as it was told to. */
export const CCXT_NUMBER = z.union([z.number(), z.string().regex(/^-?\d+(\.\d+)?(e[+-]?\d+)?$/i)]);

const limit = z.looseObject({min: CCXT_NUMBER.nullish(), max: CCXT_NUMBER.nullish()}).nullish();

/** What is used of a market in ccxt's list. */
export const SPOT_MARKET = z.looseObject({
  symbol: z.string(),
  base: z.string(),
  quote: z.string(),
  spot: z.boolean().nullish(),
  active: z.boolean().nullish(),
  precision: z.looseObject({amount: CCXT_NUMBER.nullish(), price: CCXT_NUMBER.nullish()}).nullish(),
  limits: z.looseObject({amount: limit, cost: limit, market: limit}).nullish(),
});

export type SpotMarket = z.output<typeof SPOT_MARKET>;

/** A market's rules as the risk audit wants them.
 *  @param precisionMode of the exchange's ccxt class
 *  @returns what is missing, where the exchange does not say enough to trade on */
export function rulesOfMarket(
  {symbol, base, quote, precision, limits}: SpotMarket,
  precisionMode: unknown,
): MarketRules | string {
  const lotSizeBase = stepOf(precision?.amount, precisionMode);
  const tickSizeQuote = stepOf(precision?.price, precisionMode);
  if (lotSizeBase === undefined) return 'no step of the quantity';
  if (tickSizeQuote === undefined) return 'no step of the price';
  return {
    ...{symbol, base, quote, lotSizeBase, tickSizeQuote},
    minQuantityBase: Decimal.max(lotSizeBase, least(limits?.amount), least(limits?.market)),
    minNotionalQuote: least(limits?.cost),
  };
}

function stepOf(value: string | number | null | undefined, precisionMode: unknown): Decimal | undefined {
  if (value === null || value === undefined) return undefined;
  const given = new Decimal(value);
  if (precisionMode === TICK_SIZE) return given.gt(0) ? given : undefined;
  if (precisionMode !== DECIMAL_PLACES || !given.isInteger()) return undefined;
  return new Decimal(10).pow(given.negated().toNumber());
}

function least(found: z.output<typeof limit>): Decimal {
  return found?.min === null || found?.min === undefined ? ZERO : new Decimal(found.min);
}
