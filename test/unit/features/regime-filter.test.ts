import {describe, expect, it} from 'vitest';
import type {RegimeParameters} from '../../../src/domain/feature-schema.js';
import {DEFAULT_REGIME, RegimeFilter} from '../../../src/features/regime-filter.js';

describe('RegimeFilter', () => {
  it('starts from the stationary distribution', () => {
    const {state} = new RegimeFilter();
    // 0.05 / (0.02 + 0.05)
    expect(state[0]).toBeCloseTo(5 / 7, 15);
    expect(state[1]).toBeCloseTo(2 / 7, 15);
  });

  it('follows Bayes: transition, times likelihood, normalised', () => {
    const filter = new RegimeFilter({mean: [0, 0], variance: [1, 4], stay: [0.9, 0.8]});
    const density = (x: number, variance: number) =>
      Math.exp((-x * x) / (2 * variance)) / Math.sqrt(variance);
    let calm = 2 / 3;
    for (const x of [0.3, -2.5, 1, 0]) {
      filter.update(x);
      const before = 0.9 * calm + 0.2 * (1 - calm);
      const weight = before * density(x, 1);
      calm = weight / (weight + (1 - before) * density(x, 4));
      expect(filter.state[0]).toBeCloseTo(calm, 14);
      expect(filter.state[1]).toBeCloseTo(1 - calm, 14);
    }
  });

  it.each([999, -0.999, 1e30, 0])('stays a distribution after a return of %d', (value) => {
    const filter = new RegimeFilter();
    for (const x of [0.001, value, value, 0.001, 0]) {
      filter.update(x);
      expect(filter.state[0]! >= 0 && filter.state[1]! >= 0).toBe(true);
      expect(filter.state[0]! + filter.state[1]!).toBeCloseTo(1, 14);
    }
  });

  it('is certain of a storm after a jump, and of calm after long calm', () => {
    const filter = new RegimeFilter();
    filter.update(0.5);
    expect(filter.state[1]).toBe(1);
    for (let i = 0; i < 200; i++) filter.update(0);
    expect(filter.state[0]).toBeGreaterThan(0.97);
  });

  it.each<[Partial<RegimeParameters>, string]>([
    [{mean: [Number.NaN, 0]}, 'mean[0] was "NaN"'],
    [{mean: [0, Number.POSITIVE_INFINITY]}, 'mean[1] was "Infinity"'],
    [{variance: [0, 1]}, 'variance[0] was "0"'],
    [{variance: [1e-6, Number.NaN]}, 'variance[1] was "NaN"'],
    [{variance: [2, 1]}, 'variance[0] was "2"'],
    [{variance: [1, 1]}, 'variance[0] was "1"'],
    [{stay: [1, 0.5]}, 'stay[0] was "1"'],
    [{stay: [0.5, 0]}, 'stay[1] was "0"'],
    [{stay: [Number.NaN, 0.5]}, 'stay[0] was "NaN"'],
  ])('refuses %j', (broken, message) => {
    const make = () => new RegimeFilter({...DEFAULT_REGIME, ...broken});
    expect(make).toThrow(message);
    expect(make).toThrow(expect.objectContaining({code: 'MODEL_INVALID'}) as Error);
  });
});
