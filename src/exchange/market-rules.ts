import {Decimal} from '../domain/decimal.js';
import {DlTradeError} from '../domain/errors.js';
import type {MarketRules} from '../domain/market-rules.js';

/** What a spot venue of the size of Binance asks for, for the symbols that the simulated market trades. */
const KNOWN: Readonly<Record<string, {readonly lot: string; readonly tick: string}>> = {
  'BTC/USDT': {lot: '0.00001', tick: '0.01'},
  'ETH/USDT': {lot: '0.0001', tick: '0.01'},
  'SOL/USDT': {lot: '0.001', tick: '0.01'},
};

/** Where not even a price is known. */
const ANY = {lot: '0.00001', tick: '0.00000001'};

/** A tick is small where it is at most this fraction of the price. */
const SMALL_TICK = 1e-4;

const MIN_NOTIONAL_QUOTE = '5';

/** The rules of a symbol where no exchange is asked: for the simulated market and for replays.
 *  @param symbol such as `BTC/USDT`
 *  @param price one that the symbol had: it sizes tick and lot where no known ones fit, as venues do
 *  @throws SYMBOL_UNKNOWN for what is no pair of a base and a quote */
export function marketRulesFor(symbol: string, price?: number): MarketRules {
  const match = /^([A-Z0-9]{1,20})\/([A-Z0-9]{1,20})$/.exec(symbol);
  if (match === null) {
    throw new DlTradeError('SYMBOL_UNKNOWN', `symbol was "${symbol}", want base/quote such as BTC/USDT`, {
      details: {symbol},
    });
  }
  const {lot, tick} = gridOf(Object.hasOwn(KNOWN, symbol) ? KNOWN[symbol] : undefined, price);
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

function gridOf(
  known: {readonly lot: string; readonly tick: string} | undefined,
  price: number | undefined,
): {readonly lot: string; readonly tick: string} {
  if (price === undefined) return known ?? ANY;
  // A file may hold anything under a known name; a tick of a cent makes no market of a coin worth less than that.
  const fits =
    known !== undefined && Number(known.tick) <= price * SMALL_TICK && Number(known.lot) * price <= 10;
  if (fits) return known;
  const magnitude = Math.floor(Math.log10(price));
  return {
    // Five or six digits of the price, and lots worth about a cent.
    tick: new Decimal(10).pow(magnitude - 5).toFixed(),
    lot: new Decimal(10).pow(-2 - magnitude).toFixed(),
  };
}
