import type {Candle} from '../domain/candle.js';
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

/** A price of the market, such as the open, moved against us by the slippage and then to the tick that is worse for us; at least one
 *  tick. */
export function fillPrice(at: Decimal | number, side: Side, costs: PaperCosts, rules: MarketRules): Decimal {
  const slippage = new Decimal(costs.slippageBps).dividedBy(10_000);
  const factor = side === 'buy' ? slippage.plus(1) : new Decimal(1).minus(slippage);
  const ticks = new Decimal(at)
    .times(factor)
    .dividedBy(rules.tickSizeQuote)
    .integerValue(side === 'buy' ? Decimal.ROUND_CEIL : Decimal.ROUND_FLOOR);
  return Decimal.max(ticks, 1).times(rules.tickSizeQuote);
}

/** What of a stop fills on a candle, and at which price of the market: the worst course that the candle allows. As much as its volume lets
 *  one take fills at the stop, or at the open where the market opened beyond it; the rest at the candle's extreme.
 *  @param rest what is still to be filled
 *  @param room what the volume lets one take
 *  @param wasResting false for a stop that was placed within the candle: its open was over by then
 *  @returns nothing where the market did not reach the stop */
export function stopFills(
  {side, stopPrice}: {readonly side: Side; readonly stopPrice: Decimal},
  {open, high, low}: Pick<Candle, 'open' | 'high' | 'low'>,
  {rest, room, wasResting}: {readonly rest: Decimal; readonly room: Decimal; readonly wasResting: boolean},
): {readonly quantityBase: Decimal; readonly at: Decimal}[] {
  const extreme = side === 'sell' ? low : high;
  // Written as what must hold, so that a NaN reaches nothing.
  if (!(side === 'sell' ? stopPrice.gte(extreme) : stopPrice.lte(extreme))) return [];
  const atOpen = side === 'sell' ? Decimal.min(open, stopPrice) : Decimal.max(open, stopPrice);
  const first = Decimal.min(rest, room);
  return [
    {quantityBase: first, at: wasResting ? atOpen : stopPrice},
    {quantityBase: rest.minus(first), at: new Decimal(extreme)},
  ].filter(({quantityBase}) => quantityBase.gt(0));
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
