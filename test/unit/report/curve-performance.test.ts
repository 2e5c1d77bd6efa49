import {describe, expect, it} from 'vitest';
import {curvePerformance, returnsOf} from '../../../src/report/curve-performance.js';

const DAY_MS = 86_400_000;
const DAILY = {timeframeMs: DAY_MS, bounds: () => null};
const days = (count: number): number[] => Array.from({length: count}, (_, i) => i * DAY_MS);

describe('curvePerformance', () => {
  it('agrees with a curve worked by hand', () => {
    const found = curvePerformance([100, 110, 99, 103.95], days(4), DAILY);
    expect(found.totalReturn).toBeCloseTo(0.0395, 14);
    expect(found.annualisedReturn).toBeCloseTo(1.0395 ** (365 / 3) - 1, 8);
    expect(found.maxDrawdown).toBeCloseTo(0.1, 14);
    expect(found.calmar).toBeCloseTo((1.0395 ** (365 / 3) - 1) / 0.1, 6);
    expect(found.deepestDrawdown).toEqual({
      ...{peakMs: DAY_MS, troughMs: 2 * DAY_MS, recoveredMs: null, lengthMs: 2 * DAY_MS},
    });
  });

  it('asks for the bounds of the Sharpe ratio with the returns, and only where there is one', () => {
    const asked: number[][] = [];
    const bounds = (returns: Float64Array) => {
      asked.push([...returns]);
      return {low: -1, high: 1, confidence: 0.95, resamples: 10, blockCandles: 2};
    };
    const {sharpeInterval} = curvePerformance([100, 110, 99], days(3), {timeframeMs: DAY_MS, bounds});
    expect(sharpeInterval).toMatchObject({low: -1, high: 1});
    expect(asked).toEqual([[...returnsOf([100, 110, 99])]]);
    expect(
      curvePerformance([100, 100, 100], days(3), {timeframeMs: DAY_MS, bounds}).sharpeInterval,
    ).toBeNull();
    expect(asked).toHaveLength(1);
  });

  it('gives no rate a year for less than a day, nor for one beyond every number', () => {
    const hour = {timeframeMs: 3_600_000, bounds: () => null};
    expect(curvePerformance([100, 101, 100], [0, 1, 2], hour)).toMatchObject({
      annualisedReturn: null,
      calmar: null,
    });
    expect(curvePerformance([1, 1000], days(2), DAILY).annualisedReturn).toBeNull();
    expect(curvePerformance([100, 101], days(2), DAILY).annualisedReturn).toBeCloseTo(1.01 ** 365 - 1, 10);
  });

  it('has no Calmar ratio where nothing fell', () => {
    expect(curvePerformance([100, 101], days(2), DAILY)).toMatchObject({calmar: null, deepestDrawdown: null});
  });
});
