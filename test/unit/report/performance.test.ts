import {describe, expect, it} from 'vitest';
import {performanceOf} from '../../../src/report/performance.js';

const DAY_MS = 86_400_000;

describe('performanceOf', () => {
  it('agrees with a curve worked by hand', () => {
    // Returns: +10%, -10%, +5%.
    const performance = performanceOf([100, 110, 99, 103.95], DAY_MS);
    const mean = 0.05 / 3;
    const deviation = Math.sqrt(((0.1 - mean) ** 2 + (-0.1 - mean) ** 2 + (0.05 - mean) ** 2) / 2);
    expect(performance.candles).toBe(3);
    expect(performance.totalReturn).toBeCloseTo(0.0395, 14);
    expect(performance.maxDrawdown).toBeCloseTo(0.1, 14);
    expect(performance.annualisedVolatility).toBeCloseTo(deviation * Math.sqrt(365), 12);
    expect(performance.sharpe).toBeCloseTo((mean / deviation) * Math.sqrt(365), 10);
    expect(performance.sortino).toBeCloseTo((mean / Math.sqrt(0.01 / 3)) * Math.sqrt(365), 10);
    expect(performance.annualisedReturn).toBeCloseTo(1.0395 ** (365 / 3) - 1, 8);
  });

  it('annualises by the timeframe: a year has 365 days', () => {
    const curve = [100, 101, 100.5, 102];
    const [daily, hourly] = [performanceOf(curve, DAY_MS), performanceOf(curve, DAY_MS / 24)];
    expect(hourly.sharpe! / daily.sharpe!).toBeCloseTo(Math.sqrt(24), 10);
    expect(hourly.totalReturn).toBe(daily.totalReturn);
  });

  it('says null where nothing moved, and for what never fell', () => {
    expect(performanceOf([100, 100, 100], DAY_MS)).toMatchObject({
      ...{sharpe: null, sortino: null, maxDrawdown: 0, totalReturn: 0, annualisedVolatility: 0},
    });
    expect(performanceOf([100, 101, 103], DAY_MS).sortino).toBeNull();
    expect(performanceOf([100, 101], DAY_MS).sharpe).toBeNull();
  });

  it('refuses a curve that is none', () => {
    expect(() => performanceOf([100], DAY_MS)).toThrow(RangeError);
    for (const broken of [0, -1, NaN]) expect(() => performanceOf([100, broken], DAY_MS)).toThrow('at 1');
  });
});
