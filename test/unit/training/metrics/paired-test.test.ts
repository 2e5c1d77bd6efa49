import {describe, expect, it} from 'vitest';
import {SeededRandom} from '../../../../src/domain/seeded-random.js';
import {mcnemar} from '../../../../src/training/metrics/mcnemar.js';
import {normalTail} from '../../../../src/training/metrics/normal-tail.js';
import {pairedTest} from '../../../../src/training/metrics/paired-test.js';

/** Which forecasts were right of two classifiers that know nothing and stay of one mind for long, on labels that overlap. */
function equallyBlind(random: SeededRandom, samples: number, horizon: number): [Uint8Array, Uint8Array] {
  const prices = new Float64Array(samples + horizon);
  for (let i = 1; i < prices.length; i++) prices[i] = prices[i - 1]! + random.normal();
  const blind = (): Uint8Array => {
    let mind = random.normal();
    return Uint8Array.from({length: samples}, (_, i) => {
      mind = 0.95 * mind + Math.sqrt(1 - 0.95 ** 2) * random.normal();
      return mind > 0 === prices[i + horizon]! > prices[i]! ? 1 : 0;
    });
  };
  return [blind(), blind()];
}

describe('pairedTest', () => {
  it('is McNemar where labels do not overlap', () => {
    const [first, second] = [Uint8Array.of(1, 1, 0, 1), Uint8Array.of(0, 1, 1, 0)];
    expect(pairedTest(first, second, 1)).toEqual({name: 'McNemar', ...mcnemar(first, second)});
  });

  it('is Diebold and Mariano with the correction for small samples where they do', () => {
    // By hand: d = 1 0 -1 1 1 0 1 1, mean 1/2; autocovariances 1/2 and -1/32; 7/16 the variance of horizon 2; correction 42 / 64.
    const first = Uint8Array.of(1, 1, 0, 1, 1, 0, 1, 1);
    const second = Uint8Array.of(0, 1, 1, 0, 0, 0, 0, 0);
    const test = pairedTest(first, second, 2);
    expect(test).toMatchObject({name: 'Diebold-Mariano', firstOnly: 5, secondOnly: 1});
    expect(test.pValue).toBeCloseTo(2 * normalTail(0.5 * Math.sqrt((8 * (42 / 64)) / (7 / 16))), 12);
  });

  it('finds a difference between equals about as often as it says, where McNemar finds it far more often', () => {
    const random = new SeededRandom('equals');
    let [found, byMcNemar] = [0, 0];
    for (let i = 0; i < 400; i++) {
      const pair = equallyBlind(random, 400, 5);
      if (pairedTest(...pair, 5).pValue < 0.05) found += 1;
      if (mcnemar(...pair).pValue < 0.05) byMcNemar += 1;
    }
    // 5% of 400 is 20, with a deviation of 4.4.
    expect(found).toBeGreaterThan(8);
    expect(found).toBeLessThan(36);
    expect(byMcNemar).toBeGreaterThan(60);
  });

  it('finds a real difference, either way', () => {
    const random = new SeededRandom('skill');
    const draw = (skill: number): Uint8Array =>
      Uint8Array.from({length: 600}, () => (random.uniform() < skill ? 1 : 0));
    const [good, poor] = [draw(0.65), draw(0.5)];
    expect(pairedTest(good, poor, 5).verdict).toBe('significantly better');
    expect(pairedTest(poor, good, 5).verdict).toBe('significantly worse');
  });

  it('says nothing of classifiers that never differ, or of fewer samples than a label is long', () => {
    const same = Uint8Array.of(1, 0, 1, 0, 1, 1);
    expect(pairedTest(same, same, 3)).toMatchObject({pValue: 1, verdict: 'not significantly different'});
    expect(pairedTest(Uint8Array.of(1, 1, 0), Uint8Array.of(0, 1, 0), 50).pValue).toBe(1);
  });

  it('falls back on weights that cannot give a negative variance', () => {
    // Turns at every sample: with equal weights the variance of horizon 2 would be below 0.
    const first = Uint8Array.from({length: 20}, (_, i) => (i % 2 === 0 ? 1 : 0));
    const second = first.map((right) => 1 - right);
    expect(pairedTest(first, second, 2).pValue).toBeCloseTo(1, 12);
    first[1] = 1;
    second[1] = 0;
    const {pValue} = pairedTest(first, second, 2);
    expect(pValue).toBeGreaterThan(0);
    expect(pValue).toBeLessThan(1);
  });
});

describe('normalTail', () => {
  it('agrees with scipy', () => {
    // scipy.stats.norm.sf
    expect(normalTail(0)).toBe(0.5);
    expect(normalTail(1)).toBeCloseTo(0.15865525393145707, 14);
    expect(normalTail(2.9) / 0.0018658133003840378).toBeCloseTo(1, 11);
    expect(normalTail(3) / 0.0013498980316300933).toBeCloseTo(1, 13);
    expect(normalTail(8) / 6.220960574271785e-16).toBeCloseTo(1, 12);
  });
});
