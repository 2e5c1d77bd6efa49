import {describe, expect, it} from 'vitest';
import {riskLimits} from '../../../src/risk/limits.js';
import type {RiskLimits} from '../../../src/risk/limits.js';
import {d} from '../../support/trading.js';

describe('riskLimits', () => {
  it('starts from the documented defaults', () => {
    const limits = riskLimits(300_000);
    expect(limits.maxPositionSizeQuote.toFixed()).toBe('1000');
    expect(limits).toMatchObject({maxDailyDrawdown: 0.05, maxOpenPositions: 3, maxCandleAgeMs: 300_000});
  });

  it('takes what the configuration says', () => {
    expect(riskLimits(300_000, {maxOpenPositions: 1}).maxOpenPositions).toBe(1);
  });

  it('cannot be changed once made', () => {
    const limits = riskLimits(300_000) as {maxDailyDrawdown: number};
    expect(() => {
      limits.maxDailyDrawdown = 1;
    }).toThrow(TypeError);
  });

  it.each<[string, Partial<RiskLimits>]>([
    ['a drawdown in percent', {maxDailyDrawdown: 5}],
    ['a drawdown that is no number', {maxDailyDrawdown: NaN}],
    ['a size below zero', {maxPositionSizeQuote: d(-1)}],
    ['a size that is no number', {maxPositionSizeQuote: d(NaN)}],
    ['half a position', {maxOpenPositions: 1.5}],
    ['a confidence below one half', {minConfidence: 0.4}],
    ['a window of nothing', {windowLength: 0}],
    ['an endless cooldown', {cooldownMs: Infinity}],
    ['a fee below zero', {feeBps: -1}],
  ])('refuses %s, naming it', (_name, overrides) => {
    const name = Object.keys(overrides)[0]!;
    expect(() => riskLimits(300_000, overrides)).toThrow(new RegExp(`risk\\.${name} was ".*", want a`));
  });
});
