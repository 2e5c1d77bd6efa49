import {readFileSync} from 'node:fs';
import {describe, expect, it} from 'vitest';
import {LIMIT_VARIABLES} from '../../../src/config/trading-config.js';
import {RISK_CHECKS} from '../../../src/risk/check-registry.js';
import {riskLimits} from '../../../src/risk/limits.js';

const PAGE = readFileSync('docs/risk.md', 'utf8');
const HOUR_MS = 3_600_000;

describe('docs/risk.md', () => {
  it('has every check in the order of review, with what it does and its codes', () => {
    const rows = [...PAGE.matchAll(/^\| `([a-z-]+)` +\| (.*?) +\| (.*?) +\| (yes|no) +\|$/gm)].map(
      ([, id, summary, codes, reducing]) => ({
        id,
        summary,
        codes: codes!.split(', '),
        reducing: reducing === 'yes',
      }),
    );
    expect(rows).toEqual(
      RISK_CHECKS.map(({id, summary, codes, appliesToReducing}) => ({
        ...{id, summary, reducing: appliesToReducing},
        codes: codes.map((code) => `\`${code}\``),
      })),
    );
  });

  it("has a default for every variable that sets a limit, and it is the code's", () => {
    const said = new Map(
      [...PAGE.matchAll(/^\| `(TRADING_\w+)` +\| (.*?) +\|/gm)].map(([, variable, value]) => [
        variable,
        value,
      ]),
    );
    for (const variable of LIMIT_VARIABLES) expect(said.has(variable)).toBe(true);
    const limits = riskLimits(HOUR_MS);
    const candles = (ms: number): string => `${String(ms / HOUR_MS)} candle${ms === HOUR_MS ? '' : 's'}`;
    expect(Object.fromEntries(said)).toMatchObject({
      TRADING_MAX_POSITION_SIZE_USD: limits.maxPositionSizeQuote.toFixed(),
      TRADING_MAX_DAILY_DRAWDOWN_PCT: String(100 * limits.maxDailyDrawdown),
      TRADING_MAX_OPEN_POSITIONS: String(limits.maxOpenPositions),
      TRADING_MIN_CONFIDENCE: String(limits.minConfidence),
      TRADING_MAX_CONSECUTIVE_LOSSES: String(limits.maxConsecutiveLosses),
      TRADING_LOSS_PAUSE: candles(limits.lossPauseMs),
      TRADING_MAX_CANDLE_MOVE_PCT: String(100 * limits.maxCandleMove),
      TRADING_COOLDOWN: candles(limits.cooldownMs),
      TRADING_MAX_CANDLE_AGE: candles(limits.maxCandleAgeMs),
      TRADING_MAX_CLOCK_SKEW_MS: String(limits.maxClockSkewMs),
      TRADING_MAX_PRICE_DISTANCE_PCT: String(100 * limits.maxPriceDistance),
      TRADING_MAX_ABS_INPUT: String(limits.maxAbsInput),
      TRADING_MAX_FILLED_IN_WINDOW: String(limits.maxFilledInWindow),
    });
  });
});
