import {Decimal} from '../domain/decimal.js';
import {DlTradeError} from '../domain/errors.js';

/** Every number that a check compares with. Fractions lie in [0, 1]; 0 switches the checks off that say so. */
export interface RiskLimits {
  /** Position and pending orders together, valued at the candle's close. */
  readonly maxPositionSizeQuote: Decimal;
  /** Fraction of the day's peak equity; at or beyond it nothing is opened. */
  readonly maxDailyDrawdown: number;
  readonly maxOpenPositions: number;
  /** Smallest probability of the side that is traded, in [0.5, 1]. */
  readonly minConfidence: number;
  /** Losing round trips in a row that pause opening; 0: off. */
  readonly maxConsecutiveLosses: number;
  /** How long they pause it, by candle time. */
  readonly lossPauseMs: number;
  /** Largest move of one candle, as a fraction of the close before it; 0: off. */
  readonly maxCandleMove: number;
  /** Time that must pass after a round trip before the next one opens, by candle time; 0: off. */
  readonly cooldownMs: number;
  /** Age of the candle's close at the time of the review. */
  readonly maxCandleAgeMs: number;
  /** How far the candle's close may lie ahead of our clock: skew, not news from the future. */
  readonly maxClockSkewMs: number;
  /** Distance of the order's reference price from the candle's close, as a fraction of the close. */
  readonly maxPriceDistance: number;
  /** Largest scaled input before clipping, in deviations. */
  readonly maxAbsInput: number;
  /** Filled candles allowed among the last `windowLength`. */
  readonly maxFilledInWindow: number;
  readonly windowLength: number;
  /** What a fill is expected to cost, for the balance. */
  readonly feeBps: number;
  readonly slippageBps: number;
}

/** Limits for a timeframe: the documented defaults, with what the configuration says in their place.
 *  @throws CONFIG_INVALID for a value outside its range */
export function riskLimits(timeframeMs: number, overrides: Partial<RiskLimits> = {}): RiskLimits {
  const limits: RiskLimits = {
    maxPositionSizeQuote: new Decimal(1000),
    maxDailyDrawdown: 0.05,
    maxOpenPositions: 3,
    minConfidence: 0.5,
    maxConsecutiveLosses: 5,
    lossPauseMs: 24 * timeframeMs,
    maxCandleMove: 0.1,
    cooldownMs: 3 * timeframeMs,
    maxCandleAgeMs: timeframeMs,
    maxClockSkewMs: 5000,
    maxPriceDistance: 0.01,
    maxAbsInput: 100,
    maxFilledInWindow: 5,
    windowLength: 50,
    feeBps: 10,
    slippageBps: 2,
    ...overrides,
  };
  requireLimits(limits);
  return Object.freeze(limits);
}

function requireLimits(limits: RiskLimits): void {
  const requireRange = (name: keyof RiskLimits, low: number, high: number, whole = false): void => {
    const value = Number(limits[name]);
    if (value >= low && value <= high && (!whole || Number.isInteger(value))) return;
    throw new DlTradeError(
      'CONFIG_INVALID',
      `risk.${name} was "${String(limits[name])}", want a ${whole ? 'whole ' : ''}number in [${low}, ${high}]`,
      {details: {setting: `risk.${name}`, value: String(limits[name])}},
    );
  };
  const most = Number.MAX_SAFE_INTEGER;
  requireRange('maxPositionSizeQuote', 0, most);
  requireRange('maxDailyDrawdown', 0, 1);
  requireRange('maxOpenPositions', 0, most, true);
  requireRange('minConfidence', 0.5, 1);
  requireRange('maxConsecutiveLosses', 0, most, true);
  requireRange('lossPauseMs', 0, most);
  requireRange('maxCandleMove', 0, most);
  requireRange('cooldownMs', 0, most);
  requireRange('maxCandleAgeMs', 0, most);
  requireRange('maxClockSkewMs', 0, most);
  requireRange('maxPriceDistance', 0, 1);
  requireRange('maxAbsInput', 0, most);
  requireRange('maxFilledInWindow', 0, most, true);
  requireRange('windowLength', 1, 1_000_000, true);
  requireRange('feeBps', 0, 10_000);
  requireRange('slippageBps', 0, 10_000);
}
