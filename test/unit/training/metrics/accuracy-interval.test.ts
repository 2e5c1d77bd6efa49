import {describe, expect, it} from 'vitest';
import {SeededRandom} from '../../../../src/domain/seeded-random.js';
import {
  accuracyInterval,
  blockBootstrapInterval,
  wilsonInterval,
} from '../../../../src/training/metrics/accuracy-interval.js';

describe('wilsonInterval', () => {
  it('agrees with statsmodels', () => {
    // statsmodels: proportion_confint(2437, 4551, method="wilson")
    const {value, low, high} = wilsonInterval(2437, 4551);
    expect(value).toBeCloseTo(0.535487, 6);
    expect(low).toBeCloseTo(0.5209728678, 9);
    expect(high).toBeCloseTo(0.5499406871, 9);
  });

  it('keeps a width at the ends and stays within them', () => {
    expect(wilsonInterval(0, 10)).toMatchObject({value: 0, low: 0});
    expect(wilsonInterval(0, 10).high).toBeGreaterThan(0.2);
    expect(wilsonInterval(10, 10).high).toBeCloseTo(1, 14);
    expect(wilsonInterval(10, 10).low).toBeLessThan(0.8);
  });

  it('is wider at 99%', () => {
    expect(wilsonInterval(50, 100, 0.99).low).toBeLessThan(wilsonInterval(50, 100).low);
  });
});

describe('accuracyInterval', () => {
  it('is the binomial one where labels do not overlap', () => {
    expect(accuracyInterval(Uint8Array.of(1, 0, 1, 1))).toEqual(wilsonInterval(3, 4));
  });

  it('is about as wide as the binomial one for independent samples, and far wider where neighbours are alike', () => {
    const random = new SeededRandom('accuracy');
    const independent = Uint8Array.from({length: 4000}, () => (random.uniform() < 0.5 ? 1 : 0));
    const alike = independent.map((_, i) => independent[Math.floor(i / 8)]!);
    const binomial = wilsonInterval(2000, 4000);
    const width = ({low, high}: {low: number; high: number}): number => high - low;
    const apart = width(accuracyInterval(independent, {horizon: 2}));
    expect(apart / width(binomial)).toBeGreaterThan(0.85);
    expect(apart / width(binomial)).toBeLessThan(1.15);
    expect(width(accuracyInterval(alike, {horizon: 8})) / width(binomial)).toBeGreaterThan(1.8);
  });

  it('covers the true share about as often as it claims, with overlapping labels', () => {
    let covered = 0;
    for (let trial = 0; trial < 200; trial++) {
      const random = new SeededRandom(`coverage ${String(trial)}`);
      const steps = Float64Array.from({length: 1005}, () => random.normal());
      // Whether the sum of the next five steps is above 0: right half of the time.
      const correct = Uint8Array.from({length: 1000}, (_, i) =>
        steps.subarray(i, i + 5).reduce((sum, step) => sum + step, 0) > 0 ? 1 : 0,
      );
      const {low, high} = accuracyInterval(correct, {horizon: 5, resamples: 400, seed: trial});
      if (low <= 0.5 && 0.5 <= high) covered += 1;
    }
    expect(covered).toBeGreaterThanOrEqual(172);
  });

  it('is the same for the same seed', () => {
    const random = new SeededRandom('same');
    const correct = Uint8Array.from({length: 100}, () => (random.uniform() < 0.5 ? 1 : 0));
    const few = (seed: number): unknown => blockBootstrapInterval(correct, {seed, resamples: 7});
    expect(few(3)).toEqual(few(3));
    expect(few(3)).not.toEqual(few(4));
  });

  it('is a point for a single sample or one value, and refuses none', () => {
    expect(blockBootstrapInterval([1])).toEqual({value: 1, low: 1, high: 1});
    expect(() => accuracyInterval(new Uint8Array(0))).toThrow(RangeError);
  });
});
