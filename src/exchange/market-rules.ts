import {Decimal} from '../domain/decimal.js';
import {DlTradeError} from '../domain/errors.js';
import type {MarketRules} from '../domain/market-rules.js';

/** What paper orders must keep to where no exchange says: Binance's spot filters of 2026, near enough.
 *  Other symbols get filters by the size of their price, as exchanges set them. */
const KNOWN: Readonly<Record<string, {lot: string; tick: string}>> = {
  'BTC/USDT': {lot: '0.00001', tick: '0.01'},
  'ETH/USDT': {lot: '0.0001', tick: '0.01'},
  'SOL/USDT': {lot: '0.001', tick: '0.01'},
};

const MIN_NOTIONAL_QUOTE = 5;

/** The rules of a paper market.
 *  @param symbol `BASE/QUOTE`
 *  @param price a price that the symbol has had, which sizes lot and tick where the symbol is not a known one
 *  @throws SYMBOL_UNKNOWN where the symbol is not of that form */
export function paperMarketRules(symbol: string, price: number): MarketRules {
  const [base, quote] = splitSymbol(symbol);
  // Five significant digits of the price, and lots worth about a hundredth of the quote currency.
  const magnitude = Math.floor(Math.log10(price));
  const known = KNOWN[symbol];
  const lot = known?.lot ?? new Decimal(10).pow(Math.min(0, -2 - magnitude)).toFixed();
  const tick = known?.tick ?? new Decimal(10).pow(magnitude - 4).toFixed();
  return {
    symbol,
    base,
    quote,
    lotSizeBase: new Decimal(lot),
    tickSizeQuote: new Decimal(tick),
    minQuantityBase: new Decimal(lot),
    minNotionalQuote: new Decimal(MIN_NOTIONAL_QUOTE),
  };
}

/** @returns base and quote of `BASE/QUOTE`
 *  @throws SYMBOL_UNKNOWN */
export function splitSymbol(symbol: string): readonly [base: string, quote: string] {
  const match = /^([A-Z0-9]{1,20})\/([A-Z0-9]{1,20})$/.exec(symbol);
  if (match === null) {
    throw new DlTradeError('SYMBOL_UNKNOWN', `symbol was "${symbol}", want base and quote such as BTC/USDT`, {
      details: {symbol},
    });
  }
  return [match[1]!, match[2]!];
}
