import type {AccountView, PositionView} from '../domain/account-view.js';
import type {Candle} from '../domain/candle.js';
import {Decimal} from '../domain/decimal.js';
import type {MarketRules} from '../domain/market-rules.js';
import type {OrderIntent} from '../domain/order.js';
import {closingSide, positionOf} from './decide.js';
import type {DecisionConfig} from './decision-config.js';
import {movedAgainst} from './exits.js';

/** Where and when a stop is wanted. */
export interface StopMoment {
  /** The last closed one. */
  readonly candle: Candle;
  /** The newest price that is known, in quote per base: of the candle's close, or of a fill behind it. */
  readonly price: Decimal;
  /** Which stop of the strategy it is, from 0: each is a decision of its own. */
  readonly sequence: number;
}

/** The stop that is to rest at the venue for what is held: all whole lots of it, at the stop loss.
 *  @returns undefined where no lot is held, and where the market is at the stop or beyond it, so that a stop would not rest */
export function restingStop(
  {strategyId, rules, exits}: Pick<DecisionConfig, 'strategyId' | 'rules' | 'exits'>,
  account: AccountView,
  {candle, price, sequence}: StopMoment,
): OrderIntent | undefined {
  const position = positionOf(account, rules.symbol);
  if (position === undefined || exits?.stopLoss === undefined) return undefined;
  const quantity = wholeLots(position.quantityBase, rules);
  const stopPrice = stopPriceOf(position, exits.stopLoss, rules);
  const rests = position.side === 'long' ? stopPrice.lt(price) : stopPrice.gt(price);
  if (!quantity.gt(0) || !rests) return undefined;
  return {
    kind: 'order',
    decisionId: `${strategyId}:${rules.symbol}:${candle.openTimeMs}:resting-stop-${sequence}`,
    symbol: rules.symbol,
    side: closingSide(position),
    reduceOnly: true,
    quantityBase: quantity,
    referencePrice: price,
    stopPrice,
    notionalQuote: quantity.times(price),
    confidence: 1,
    reason: 'resting-stop',
    openTimeMs: candle.openTimeMs,
  };
}

/** The stop loss on the tick, towards the entry: at most a tick early, so that no more is lost than was asked for, and the stop at the
 *  venue never comes later than the rule on closes. */
export function stopPriceOf(
  position: Pick<PositionView, 'side' | 'averageEntryPrice'>,
  stopLoss: number,
  {tickSizeQuote}: Pick<MarketRules, 'tickSizeQuote'>,
): Decimal {
  const towardsEntry = position.side === 'long' ? Decimal.ROUND_CEIL : Decimal.ROUND_FLOOR;
  return movedAgainst(position, position.averageEntryPrice, stopLoss)
    .dividedBy(tickSizeQuote)
    .integerValue(towardsEntry)
    .times(tickSizeQuote);
}

/** What of a quantity can be ordered: the rest below a lot is dust. */
export function wholeLots(quantityBase: Decimal, {lotSizeBase}: Pick<MarketRules, 'lotSizeBase'>): Decimal {
  return quantityBase.dividedToIntegerBy(lotSizeBase).times(lotSizeBase);
}
