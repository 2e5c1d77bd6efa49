import type {Decimal} from '../domain/decimal.js';
import {DlTradeError} from '../domain/errors.js';
import type {MarketRules} from '../domain/market-rules.js';

/** Rules that close a position without a forecast; each is off where it is not given. */
export interface ExitRules {
  /** Loss that closes, as a fraction of the average entry price, in (0, 1). */
  readonly stopLoss?: number;
  /** Gain that closes, as a fraction of the average entry price, > 0. */
  readonly takeProfit?: number;
  /** Retreat from the best close since the entry that closes, as a fraction of that close, in (0, 1). */
  readonly trailingStop?: number;
  /** Age that closes, from the first fill to the candle's close. */
  readonly maxHoldingMs?: number;
  /** True: the stop loss rests at the venue as well, where it needs nobody; wants `stopLoss`. */
  readonly restingStop?: boolean;
}

/** What a strategy decides by. */
export interface DecisionConfig {
  /** Names the strategy in every decision id; unique among those that share a venue account. */
  readonly strategyId: string;
  readonly rules: MarketRules;
  /** In [0.5, 1). */
  readonly threshold: number;
  readonly maxNotionalQuote: Decimal;
  /** Default false: spot. */
  readonly allowShorts?: boolean;
  /** Expected cost of a fill, left free when cash is the limit; defaults 10 and 2. */
  readonly feeBps?: number;
  readonly slippageBps?: number;
  /** Cash kept back for the step from the close to the next open, when cash is the limit; default 50. */
  readonly bufferBps?: number;
  readonly exits?: ExitRules;
}

/** @throws CONFIG_INVALID naming the setting, its value and its range */
export function requireDecisionConfig(config: DecisionConfig): void {
  // Each line is written as what must hold, so that a NaN refuses.
  const {threshold, exits = {}} = config;
  requireSetting('threshold', threshold, threshold >= 0.5 && threshold < 1, 'a number in [0.5, 1)');
  const notional = config.maxNotionalQuote;
  requireSetting(
    'maxNotionalQuote',
    notional.toFixed(),
    notional.gt(0) && notional.isFinite(),
    'an amount > 0',
  );
  for (const name of ['feeBps', 'slippageBps', 'bufferBps'] as const) {
    const bps = config[name] ?? 0;
    requireSetting(name, bps, bps >= 0 && bps < 10_000, 'a number in [0, 10000)');
  }
  for (const name of ['stopLoss', 'trailingStop'] as const) {
    const fraction = exits[name];
    if (fraction !== undefined)
      requireSetting(name, fraction, fraction > 0 && fraction < 1, 'a fraction in (0, 1)');
  }
  for (const name of ['takeProfit', 'maxHoldingMs'] as const) {
    const value = exits[name];
    if (value !== undefined) requireSetting(name, value, value > 0 && value < Infinity, 'a number > 0');
  }
  const {restingStop, stopLoss} = exits;
  requireSetting(
    'restingStop',
    String(restingStop),
    restingStop !== true || stopLoss !== undefined,
    'false where there is no stopLoss to rest',
  );
}

function requireSetting(setting: string, value: number | string, holds: boolean, want: string): void {
  if (holds) return;
  throw new DlTradeError('CONFIG_INVALID', `decision.${setting} was "${value}", want ${want}`, {
    details: {setting: `decision.${setting}`, value},
  });
}
