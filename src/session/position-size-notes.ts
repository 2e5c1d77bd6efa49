import type {TradingConfig} from '../config/trading-config.js';
import type {MarketRules} from '../domain/market-rules.js';

/** A position of less than so many times the smallest order may fall below it before a rule closes it. */
const ROOM_TO_LOSE = 2;

/** What somebody should hear of a size so small that positions cannot be opened, or could no longer be sold after a loss. */
export function positionSizeNotes(
  {
    maxPositionSizeQuote,
    startingCashQuote,
  }: Pick<TradingConfig, 'maxPositionSizeQuote' | 'startingCashQuote'>,
  {minNotionalQuote, quote, symbol}: MarketRules,
): string[] {
  const isBoundByCash = startingCashQuote < maxPositionSizeQuote;
  const size = isBoundByCash ? startingCashQuote : maxPositionSizeQuote;
  const setting = isBoundByCash ? '--cash' : 'TRADING_MAX_POSITION_SIZE_USD';
  const enough = minNotionalQuote.times(ROOM_TO_LOSE);
  if (enough.lte(size)) return [];
  const least = `${minNotionalQuote.toFixed()} ${quote}`;
  return [
    minNotionalQuote.gt(size)
      ? `${setting} is ${size}, and no order of ${symbol} may be worth less than ${least}: nothing can be opened; give at least ${enough.toFixed()}`
      : `${setting} is ${size}, and no order of ${symbol} may be worth less than ${least}: after a loss a position can be worth too little to sell, and no stop`
        + ` closes it then; give at least ${enough.toFixed()}`,
  ];
}
