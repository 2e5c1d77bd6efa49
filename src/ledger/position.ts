import type {Decimal} from '../domain/decimal.js';
import {ZERO} from '../domain/decimal.js';
import type {ClosedTrade} from './closed-trade.js';

/** What a fill does to a position: a signed quantity at a price, and its fee in quote. */
export interface Movement {
  /** > 0 adds base, < 0 takes it. */
  readonly baseChange: Decimal;
  readonly price: Decimal;
  readonly feeQuote: Decimal;
  readonly timeMs: number;
}

/** A position at one moment. The total cost is kept, never an average: a quotient rounds, a total does not,
 *  and so realised and unrealised PnL add up to the last digit. */
export interface Position {
  /** Signed: > 0 long, < 0 short. */
  readonly base: Decimal;
  /** Signed as `base`: what the open quantity cost, or brought in where it is short. */
  readonly costQuote: Decimal;
  readonly openedAtMs: number;
  /** The round trip so far. */
  readonly trade: {
    readonly closedBase: Decimal;
    readonly entryQuote: Decimal;
    readonly exitQuote: Decimal;
    readonly feesQuote: Decimal;
  };
}

const NEW_TRADE: Position['trade'] = {closedBase: ZERO, entryQuote: ZERO, exitQuote: ZERO, feesQuote: ZERO};

/** No position. */
export const FLAT: Position = {base: ZERO, costQuote: ZERO, openedAtMs: 0, trade: NEW_TRADE};

/** A position after a movement, with what the movement realised before fees, and the round trips that it ended. */
export interface Moved {
  readonly position: Position;
  readonly realisedPnlQuote: Decimal;
  readonly closedTrade?: ClosedTrade;
}

/** Folds one movement into a position; one that goes through zero closes first and opens the rest the other way.
 *  @param lotSizeBase a rest smaller than this cannot be traded: it ends the round trip and stays as dust */
export function move(position: Position, movement: Movement, symbol: string, lotSizeBase: Decimal): Moved {
  const {baseChange} = movement;
  const grows = position.base.isZero() || position.base.isNegative() === baseChange.isNegative();
  if (grows) return {position: grow(position, movement, lotSizeBase), realisedPnlQuote: ZERO};

  if (baseChange.abs().lte(position.base.abs())) return shrink(position, movement, symbol, lotSizeBase);

  const closing = position.base.negated();
  const closingFee = movement.feeQuote.times(closing.dividedBy(baseChange));
  const closed = shrink(
    position,
    {...movement, baseChange: closing, feeQuote: closingFee},
    symbol,
    lotSizeBase,
  );
  const rest = {
    ...movement,
    baseChange: baseChange.minus(closing),
    feeQuote: movement.feeQuote.minus(closingFee),
  };
  return {...closed, position: grow(FLAT, rest, lotSizeBase)};
}

function grow(position: Position, {baseChange, price, feeQuote, timeMs}: Movement, lot: Decimal): Position {
  // On top of nothing, or of dust that an earlier round trip left, a new one starts.
  const starts = position.base.isZero() || position.base.abs().lt(lot);
  const trade = starts ? NEW_TRADE : position.trade;
  return {
    base: position.base.plus(baseChange),
    costQuote: position.costQuote.plus(baseChange.times(price)),
    openedAtMs: starts ? timeMs : position.openedAtMs,
    trade: {...trade, feesQuote: trade.feesQuote.plus(feeQuote)},
  };
}

function shrink(position: Position, movement: Movement, symbol: string, lot: Decimal): Moved {
  const {baseChange, price, feeQuote, timeMs} = movement;
  const base = position.base.plus(baseChange);
  // The whole cost leaves with the last of the base, so that no rounding stays behind.
  const costLeaving = base.isZero()
    ? position.costQuote
    : position.costQuote.times(baseChange.abs()).dividedBy(position.base.abs());
  const proceeds = baseChange.times(price).negated();
  const trade = {
    closedBase: position.trade.closedBase.plus(baseChange.abs()),
    entryQuote: position.trade.entryQuote.plus(costLeaving),
    exitQuote: position.trade.exitQuote.plus(proceeds),
    feesQuote: position.trade.feesQuote.plus(feeQuote),
  };
  const realisedPnlQuote = proceeds.minus(costLeaving);
  const after = {
    base,
    costQuote: position.costQuote.minus(costLeaving),
    openedAtMs: position.openedAtMs,
    trade,
  };

  if (base.abs().gte(lot) && !base.isZero()) return {position: after, realisedPnlQuote};

  return {
    position: base.isZero() ? FLAT : {...after, trade: NEW_TRADE},
    realisedPnlQuote,
    // Dust that fees eat away was no round trip of its own.
    ...(position.base.abs().lt(lot) ? {} : {closedTrade: ended(position, trade, symbol, timeMs)}),
  };
}

function ended(
  position: Position,
  trade: Position['trade'],
  symbol: string,
  closedAtMs: number,
): ClosedTrade {
  const grossPnlQuote = trade.exitQuote.minus(trade.entryQuote);
  return {
    symbol,
    side: position.base.isNegative() ? 'short' : 'long',
    openedAtMs: position.openedAtMs,
    closedAtMs,
    holdingMs: closedAtMs - position.openedAtMs,
    quantityBase: trade.closedBase,
    averageEntryPrice: trade.entryQuote.abs().dividedBy(trade.closedBase),
    averageExitPrice: trade.exitQuote.abs().dividedBy(trade.closedBase),
    grossPnlQuote,
    feesQuote: trade.feesQuote,
    pnlQuote: grossPnlQuote.minus(trade.feesQuote),
  };
}
