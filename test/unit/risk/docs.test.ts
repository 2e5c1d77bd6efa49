import {readFileSync, writeFileSync} from 'node:fs';
import {describe, expect, it} from 'vitest';
import {LIMIT_VARIABLES, loadTradingConfig} from '../../../src/config/trading-config.js';
import {RISK_CHECKS} from '../../../src/risk/check-registry.js';
import {riskLimits} from '../../../src/risk/limits.js';
import {LIMIT_SETTINGS, riskChecksPage} from '../../../tools/docs/risk-checks-page.js';

const HOUR_MS = 3_600_000;

describe('docs/risk-checks.md', () => {
  it('is what the registry says', () => {
    if (process.env['UPDATE_DOCS'] !== undefined) writeFileSync('docs/risk-checks.md', riskChecksPage());
    expect(readFileSync('docs/risk-checks.md', 'utf8')).toBe(riskChecksPage());
  });

  it('is as long as the README says', () => {
    expect(readFileSync('README.md', 'utf8')).toContain(`[${String(RISK_CHECKS.length)} risk checks]`);
  });

  it('has every check in the order of review', () => {
    const ids = [...riskChecksPage().matchAll(/^\| \d+ \| `([a-z-]+)` \|/gm)].map(([, id]) => id);
    expect(ids).toEqual(RISK_CHECKS.map(({id}) => id));
  });

  it.each(Object.entries(LIMIT_SETTINGS).filter(([, setting]) => setting?.startsWith('TRADING_') === true))(
    'names the variable that sets %s',
    (limit, variable) => {
      const read = (environment: Record<string, string>): unknown => {
        const config = loadTradingConfig({}, environment);
        return {...config, ...config.limits}[limit as keyof typeof config];
      };
      const other = limit.endsWith('Ms') && limit !== 'maxClockSkewMs' ? '90m' : '1';
      expect(read({[variable!]: other})).not.toEqual(read({}));
    },
  );

  it.each(['feeBps', 'slippageBps'] as const)('names the flag that sets %s', (limit) => {
    expect(LIMIT_SETTINGS[limit]).toBe(`--${limit.replace('Bps', '-bps')}`);
    expect(loadTradingConfig({[limit]: '7'}, {})[limit]).toBe(7);
  });
});

describe('docs/risk.md', () => {
  it("has a default for every variable that sets a limit, and it is the code's", () => {
    const said = new Map(
      [...readFileSync('docs/risk.md', 'utf8').matchAll(/^\| `(TRADING_\w+)` +\| (.*?) +\|/gm)].map(
        ([, variable, value]) => [variable, value],
      ),
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
