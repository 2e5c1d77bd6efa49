import {RISK_CHECKS} from '../../src/risk/check-registry.js';
import {riskLimits} from '../../src/risk/limits.js';
import type {RiskLimits} from '../../src/risk/limits.js';

/** How a user sets each limit: the environment variable or the flag; null where nobody sets it. */
export const LIMIT_SETTINGS: Readonly<Record<keyof RiskLimits, string | null>> = {
  maxPositionSizeQuote: 'TRADING_MAX_POSITION_SIZE_USD',
  maxDailyDrawdown: 'TRADING_MAX_DAILY_DRAWDOWN_PCT',
  maxOpenPositions: 'TRADING_MAX_OPEN_POSITIONS',
  minConfidence: 'TRADING_MIN_CONFIDENCE',
  maxConsecutiveLosses: 'TRADING_MAX_CONSECUTIVE_LOSSES',
  lossPauseMs: 'TRADING_LOSS_PAUSE',
  maxCandleMove: 'TRADING_MAX_CANDLE_MOVE_PCT',
  cooldownMs: 'TRADING_COOLDOWN',
  maxCandleAgeMs: 'TRADING_MAX_CANDLE_AGE',
  maxClockSkewMs: 'TRADING_MAX_CLOCK_SKEW_MS',
  maxPriceDistance: 'TRADING_MAX_PRICE_DISTANCE_PCT',
  maxAbsInput: 'TRADING_MAX_ABS_INPUT',
  maxFilledInWindow: 'TRADING_MAX_FILLED_IN_WINDOW',
  windowLength: null,
  feeBps: '--fee-bps',
  slippageBps: '--slippage-bps',
};

const FRACTIONS: ReadonlySet<keyof RiskLimits> = new Set([
  'maxDailyDrawdown',
  'maxCandleMove',
  'maxPriceDistance',
]);
const CANDLE_TIMES: ReadonlySet<keyof RiskLimits> = new Set(['lossPauseMs', 'cooldownMs', 'maxCandleAgeMs']);

/** The text of docs/risk-checks.md, from the registry of the risk audit. */
export function riskChecksPage(): string {
  const rows = RISK_CHECKS.map(({id, summary, codes, limits, appliesToReducing}, i) => {
    const said = codes.map((code) => `\`${code}\``).join(', ');
    const compares = limits.map(describeLimit).join('; ') || 'nothing';
    return `| ${String(i + 1)} | \`${id}\` | ${summary} | ${said} | ${compares} | ${appliesToReducing ? 'no' : 'yes'} |`;
  });
  return `<!-- Generated from src/risk/check-registry.ts by tools/docs/risk-checks-page.ts (UPDATE_DOCS=1 npx vitest run test/unit/risk/docs.test.ts): do not edit. -->

# The ${String(RISK_CHECKS.length)} risk checks

Every order goes through every check, in this order, and the journal keeps what each of them found with its numbers; an order leaves where all of
them pass. A refusal is no error: it is journalled with its code, the run goes on, and \`dl-trade report\` counts refusals by code. Each check asks "is it
surely fine?", so a number that is missing or not finite refuses.

An order that only makes a position smaller skips the limits: closing is never forbidden by one, but must be valid like any other order.

| # | check | what it does | codes | compares with (default) | reducing orders skip it |
|---|---|---|---|---|---|
${rows.join('\n')}

What the limits mean, how they may change between two lives of a run, the rules that close positions, and the kill switch: [risk.md](risk.md). A check of
your own: [CONTRIBUTING.md](../CONTRIBUTING.md#add-a-risk-check).
`;
}

function describeLimit(name: keyof RiskLimits): string {
  const setting = LIMIT_SETTINGS[name];
  const value = defaultOf(name);
  return setting === null ? value : `\`${setting}\` (${value})`;
}

/** The default as people say it, on a timeframe of any length. */
function defaultOf(name: keyof RiskLimits): string {
  const value = Number(riskLimits(1)[name]);
  if (FRACTIONS.has(name)) return `${String(100 * value)}%`;
  if (CANDLE_TIMES.has(name)) return value === 1 ? '1 candle' : `${String(value)} candles`;
  return String(value);
}
