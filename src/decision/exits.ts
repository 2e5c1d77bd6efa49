import type {PositionView} from '../domain/account-view.js';
import {Decimal} from '../domain/decimal.js';
import type {OrderIntent} from '../domain/order.js';
import type {ExitRules} from './decision-config.js';

/** The rule that asks for a way out. */
export type ExitReason = Exclude<OrderIntent['reason'], 'signal' | 'flatten'>;

/** Watches an open position candle by candle, and says when a rule wants it closed. All rules look at closes only. */
export class Exits {
  readonly #rules: ExitRules;
  readonly #active: boolean;
  #openedAtMs: number | undefined;
  /** Best close since the entry: highest of a long, lowest of a short. */
  #bestClose = NaN;

  constructor(rules: ExitRules = {}) {
    this.#rules = rules;
    this.#active = Object.values(rules).some((rule) => rule !== undefined);
  }

  /** True where no rule is set: nothing has to be watched. */
  get off(): boolean {
    return !this.#active;
  }

  /** Sees a close, with the position held at it; a recovery shows it the closes since the entry again. */
  observe(position: PositionView | undefined, close: number): void {
    if (position?.openedAtMs !== this.#openedAtMs) {
      this.#openedAtMs = position?.openedAtMs;
      this.#bestClose = NaN;
    }
    if (position === undefined) return;
    const better = position.side === 'long' ? close > this.#bestClose : close < this.#bestClose;
    if (better || Number.isNaN(this.#bestClose)) this.#bestClose = close;
  }

  /** The first rule that wants the position closed: losses before gains before age.
   *  @param timeMs close time of the candle, ms, UTC */
  reason(position: PositionView, close: number, timeMs: number): ExitReason | undefined {
    const {stopLoss, takeProfit, trailingStop, maxHoldingMs} = this.#rules;
    const price = new Decimal(close);
    const entry = position.averageEntryPrice;
    if (stopLoss !== undefined && price[worse(position)](retreat(position, entry, stopLoss)))
      return 'stop-loss';
    if (trailingStop !== undefined) {
      const line = retreat(position, new Decimal(this.#bestClose), trailingStop);
      if (price[worse(position)](line)) return 'trailing-stop';
    }
    if (takeProfit !== undefined && price[better(position)](retreat(position, entry, -takeProfit))) {
      return 'take-profit';
    }
    if (maxHoldingMs !== undefined && timeMs - position.openedAtMs >= maxHoldingMs) return 'max-holding-time';
    return undefined;
  }
}

/** A price moved against the position by a fraction. */
function retreat({side}: PositionView, from: Decimal, fraction: number): Decimal {
  const factor = new Decimal(1);
  return from.times(side === 'long' ? factor.minus(fraction) : factor.plus(fraction));
}

function worse({side}: PositionView): 'lte' | 'gte' {
  return side === 'long' ? 'lte' : 'gte';
}

function better({side}: PositionView): 'lte' | 'gte' {
  return side === 'long' ? 'gte' : 'lte';
}
