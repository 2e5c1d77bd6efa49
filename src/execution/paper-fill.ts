import {Decimal, ZERO} from '../domain/decimal.js';
import type {MarketRules} from '../domain/market-rules.js';
import type {Side} from '../domain/order.js';

/** What a paper venue charges, and how much of a candle it lets one take. */
export interface PaperCosts {
  /** Of the notional; default 10. */
  readonly feeBps: number;
  /** How far a fill's price lies from the open, against us; default 2. */
  readonly slippageBps: number;
  /** `received`: buys pay their fee in base, sells in quote, as most spot venues take it; default `quote`. */
  readonly feeIn: 'quote' | 'received';
  /** Most of a candle's volume that our fills may take, in (0, 1]; default 0.1. */
  readonly maxParticipation: number;
}

/** Open, moved against us by the slippage and then to the tick that is worse for us; at least one tick. */
export function fillPrice(open: number, side: Side, costs: PaperCosts, rules: MarketRules): Decimal {
  const slippage = new Decimal(costs.slippageBps).dividedBy(10_000);
  const factor = side === 'buy' ? slippage.plus(1) : new Decimal(1).minus(slippage);
  const ticks = new Decimal(open)
    .times(factor)
    .dividedBy(rules.tickSizeQuote)
    .integerValue(side === 'buy' ? Decimal.ROUND_CEIL : Decimal.ROUND_FLOOR);
  return Decimal.max(ticks, 1).times(rules.tickSizeQuote);
}

/** Fee of a fill, and what it is paid in. */
export function fillFee(
  side: Side,
  quantityBase: Decimal,
  price: Decimal,
  costs: PaperCosts,
): {fee: Decimal; feeCurrency: 'quote' | 'base'} {
  const rate = new Decimal(costs.feeBps).dividedBy(10_000);
  return costs.feeIn === 'received' && side === 'buy'
    ? {fee: quantityBase.times(rate), feeCurrency: 'base'}
    : {fee: quantityBase.times(price).times(rate), feeCurrency: 'quote'};
}

/** What a candle's volume still lets us take, in whole lots.
 *  @param takenBase what our earlier fills on the same candle took */
export function takeable(volume: number, takenBase: Decimal, costs: PaperCosts, rules: MarketRules): Decimal {
  const left = new Decimal(volume).times(costs.maxParticipation).minus(takenBase);
  return left.gt(0) ? left.dividedToIntegerBy(rules.lotSizeBase).times(rules.lotSizeBase) : ZERO;
}
