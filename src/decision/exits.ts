import type {PositionView} from '../domain/account-view.js';
import {Decimal} from '../domain/decimal.js';
import type {OrderIntent} from '../domain/order.js';
import type {ExitRules} from './decision-config.js';
import {PriceLine} from './price-line.js';

/** The rule that asks for a way out. */
export type ExitReason = Exclude<OrderIntent['reason'], 'signal' | 'flatten' | 'resting-stop'>;

/** Watches an open position candle by candle, and says when a rule wants it closed. All rules look at closes only. */
export class Exits {
  #rules: ExitRules = {};
  #active = false;
  #openedAtMs: number | undefined;
  /** Best close since the entry: highest of a long, lowest of a short. */
  #bestClose = NaN;
  #trailing: PriceLine | undefined;
  /** Of the entry that the two lines below were drawn from. */
  #entry: Decimal | undefined;
  #stop: PriceLine | undefined;
  #profit: PriceLine | undefined;

  constructor(rules: ExitRules = {}) {
    this.change(rules);
  }

  /** Goes on under other rules; what was seen of the position stays. */
  change(rules: ExitRules): void {
    this.#rules = rules;
    this.#active = Object.values(rules).some((rule) => rule !== undefined);
    this.#trailing = undefined;
    this.#entry = undefined;
  }

  /** True where no rule is set: none can want anything. */
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
    if (!better && !Number.isNaN(this.#bestClose)) return;
    this.#bestClose = close;
    this.#trailing = undefined;
  }

  /** The first rule that wants the position closed: losses before gains before age.
   *  @param timeMs close time of the candle, ms, UTC */
  reason(position: PositionView, close: number, timeMs: number): ExitReason | undefined {
    this.#draw(position);
    const {maxHoldingMs} = this.#rules;
    if (reached(this.#stop, position, close, 'worse')) return 'stop-loss';
    if (reached(this.#trailing, position, close, 'worse')) return 'trailing-stop';
    if (reached(this.#profit, position, close, 'better')) return 'take-profit';
    if (maxHoldingMs !== undefined && timeMs - position.openedAtMs >= maxHoldingMs) return 'max-holding-time';
    return undefined;
  }

  /** Draws the lines anew where the entry or the best close has changed. */
  #draw(position: PositionView): void {
    const {stopLoss, takeProfit, trailingStop} = this.#rules;
    if (trailingStop !== undefined) {
      this.#trailing ??= lineAt(position, new Decimal(this.#bestClose), trailingStop);
    }
    const entry = position.averageEntryPrice;
    if (entry === this.#entry) return;
    this.#entry = entry;
    this.#stop = stopLoss === undefined ? undefined : lineAt(position, entry, stopLoss);
    this.#profit = takeProfit === undefined ? undefined : lineAt(position, entry, -takeProfit);
  }
}

function lineAt(position: PositionView, from: Decimal, fraction: number): PriceLine {
  return new PriceLine(movedAgainst(position, from, fraction));
}

/** A price moved against the position by a fraction. */
export function movedAgainst({side}: Pick<PositionView, 'side'>, from: Decimal, fraction: number): Decimal {
  const factor = new Decimal(1);
  return from.times(side === 'long' ? factor.minus(fraction) : factor.plus(fraction));
}

function reached(
  line: PriceLine | undefined,
  {side}: PositionView,
  close: number,
  towards: 'worse' | 'better',
): boolean {
  if (line === undefined) return false;
  return (side === 'long') === (towards === 'worse') ? line.atOrAbove(close) : line.atOrBelow(close);
}
