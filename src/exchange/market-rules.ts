import {Decimal} from '../domain/decimal.js';
import {DlTradeError} from '../domain/errors.js';
import type {MarketRules} from '../domain/market-rules.js';

/** What a spot venue of the size of Binance asks for, for the symbols that the simulated market trades. */
const KNOWN: Readonly<Record<string, {readonly lot: string; readonly tick: string}>> = {
  'BTC/USDT': {lot: '0.00001', tick: '0.01'},
  'ETH/USDT': {lot: '0.0001', tick: '0.01'},
  'SOL/USDT': {lot: '0.001', tick: '0.01'},
};

/** Fine enough for a coin of any price. */
const ANY = {lot: '0.00001', tick: '0.00000001'};

const MIN_NOTIONAL_QUOTE = '5';

/** The rules of a symbol where no exchange is asked: for the simulated market and for replays.
 *  @param symbol such as `BTC/USDT`
 *  @throws SYMBOL_UNKNOWN for what is no pair of a base and a quote */
export function marketRulesFor(symbol: string): MarketRules {
  const match = /^([A-Z0-9]{1,20})\/([A-Z0-9]{1,20})$/.exec(symbol);
  if (match === null) {
    throw new DlTradeError('SYMBOL_UNKNOWN', `symbol was "${symbol}", want base/quote such as BTC/USDT`, {
      details: {symbol},
    });
  }
  const {lot, tick} = KNOWN[symbol] ?? ANY;
  return {
    symbol,
    base: match[1]!,
    quote: match[2]!,
    lotSizeBase: new Decimal(lot),
    tickSizeQuote: new Decimal(tick),
    minQuantityBase: new Decimal(lot),
    minNotionalQuote: new Decimal(MIN_NOTIONAL_QUOTE),
  };
}
