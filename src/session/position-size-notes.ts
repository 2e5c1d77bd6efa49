import type {TradingConfig} from '../config/trading-config.js';
import {costFactorOf} from '../decision/sizing.js';
import {Decimal} from '../domain/decimal.js';
import type {MarketRules} from '../domain/market-rules.js';

/** A position of less than so many times the smallest order may fall below it before a rule closes it. */
const ROOM_TO_LOSE = 2;

type Sizes = Pick<TradingConfig, 'maxPositionSizeQuote' | 'startingCashQuote' | 'feeBps' | 'slippageBps'>;

/** What somebody should hear of a size so small that positions cannot be opened, or could no longer be sold after a loss. */
export function positionSizeNotes(
  config: Sizes,
  {minNotionalQuote, quote, symbol}: Pick<MarketRules, 'minNotionalQuote' | 'quote' | 'symbol'>,
): string[] {
  const costFactor = costFactorOf(config);
  const byCash = new Decimal(config.startingCashQuote).dividedBy(costFactor);
  const isBoundByCash = byCash.lt(config.maxPositionSizeQuote);
  const size = isBoundByCash ? byCash : new Decimal(config.maxPositionSizeQuote);
  const enough = minNotionalQuote.times(ROOM_TO_LOSE);
  if (enough.lte(size)) return [];
  const given = isBoundByCash
    ? `--cash is ${String(config.startingCashQuote)}`
    : `TRADING_MAX_POSITION_SIZE_USD is ${String(config.maxPositionSizeQuote)}`;
  const wanted = (isBoundByCash ? enough.times(costFactor) : enough).toFixed(2, Decimal.ROUND_UP);
  const head = `${given}, and no order of ${symbol} may be worth less than ${minNotionalQuote.toFixed()} ${quote}`;
  // As many whole lots as fit are worth less than the size itself.
  return minNotionalQuote.gte(size)
    ? [`${head}: nothing can be opened; give at least ${wanted}`]
    : [
        `${head}: after a loss a position can be worth too little to sell, and no stop closes it then; give at least ${wanted}`,
      ];
}
