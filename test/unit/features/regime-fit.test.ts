import {describe, expect, it} from 'vitest';
import type {RegimeParameters} from '../../../src/domain/feature-schema.js';
import {fitRegime, returnsOf} from '../../../src/features/regime-fit.js';
import {requireRegime} from '../../../src/features/regime-filter.js';
import {ordinaryMarket, seededRandom} from '../../support/markets.js';

/** Returns of a known chain. */
function simulate({mean, variance, stay}: RegimeParameters, count: number, seed: number): Float64Array {
  const random = seededRandom(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  let state: 0 | 1 = 0;
  return Float64Array.from({length: count}, () => {
    if (random() > stay[state]) state = state === 0 ? 1 : 0;
    return mean[state] + Math.sqrt(variance[state]) * normal();
  });
}

/** ln likelihood by the plainest recursion. */
function logLikelihoodOf(returns: Float64Array, {mean, variance, stay}: RegimeParameters): number {
  let calm = (1 - stay[1]) / (2 - stay[0] - stay[1]);
  let sum = 0;
  const density = (x: number, s: 0 | 1) =>
    Math.exp(-((x - mean[s]) ** 2) / (2 * variance[s])) / Math.sqrt(2 * Math.PI * variance[s]);
  for (const value of returns) {
    const before = stay[0] * calm + (1 - stay[1]) * (1 - calm);
    const likelihood = before * density(value, 0) + (1 - before) * density(value, 1);
    sum += Math.log(likelihood);
    calm = (before * density(value, 0)) / likelihood;
  }
  return sum;
}

const TRUTH: RegimeParameters = {mean: [2e-4, -3e-4], variance: [1e-6, 2.5e-5], stay: [0.985, 0.94]};

describe('fitRegime', () => {
  const returns = simulate(TRUTH, 20_000, 5);
  const fit = fitRegime(returns);

  it('finds the parameters that made the returns', () => {
    const {mean, variance, stay} = fit.parameters;
    expect(fit.converged).toBe(true);
    expect(fit.atVarianceFloor).toBe(false);
    for (const s of [0, 1] as const) {
      expect(Math.abs(mean[s] - TRUTH.mean[s])).toBeLessThan(4 * Math.sqrt(TRUTH.variance[s] / 4000));
      expect(variance[s] / TRUTH.variance[s]).toBeCloseTo(1, 1);
      expect(stay[s]).toBeCloseTo(TRUTH.stay[s], 1.9);
    }
  });

  it('reports the likelihood of what it found, and beats the truth', () => {
    expect(fit.logLikelihood).toBeCloseTo(logLikelihoodOf(returns, fit.parameters), 4);
    expect(fit.logLikelihood).toBeGreaterThan(logLikelihoodOf(returns, TRUTH));
  });

  it('stands on a maximum: every nudge of every parameter loses likelihood', () => {
    const {mean, variance, stay} = fit.parameters;
    const best = logLikelihoodOf(returns, fit.parameters);
    const nudges: RegimeParameters[] = [0.98, 1.02].flatMap((factor) => [
      {mean: [mean[0] + (factor - 1) * 1e-3, mean[1]], variance, stay},
      {mean: [mean[0], mean[1] + (factor - 1) * 2e-2], variance, stay},
      {mean, variance: [variance[0] * factor, variance[1]], stay},
      {mean, variance: [variance[0], variance[1] * factor], stay},
      {mean, variance, stay: [1 - (1 - stay[0]) * factor ** 3, stay[1]]},
      {mean, variance, stay: [stay[0], 1 - (1 - stay[1]) * factor ** 3]},
    ]);
    for (const nudged of nudges) expect(logLikelihoodOf(returns, nudged)).toBeLessThan(best);
  });

  it('gives the same parameters for the same returns', () => {
    expect(fitRegime(returns)).toEqual(fit);
  });

  it('does not care for the scale of the returns', () => {
    const scaled = fitRegime(returns.map((value) => value * 1e-3));
    expect(scaled.parameters.variance[0] / fit.parameters.variance[0]).toBeCloseTo(1e-6, 12);
    expect(scaled.parameters.stay[0]).toBeCloseTo(fit.parameters.stay[0], 6);
  });

  it('says where the steps ran out', () => {
    expect(fitRegime(returns, {maxIterations: 1}).converged).toBe(false);
  });

  it('orders the states so that the calm one comes first', () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const {variance} = fitRegime(simulate(TRUTH, 1500, seed)).parameters;
      expect(variance[0]).toBeLessThan(variance[1]);
    }
  });

  it('leaves out a jump of a thousand times, up or down, and finds what it finds without it', () => {
    const jumping = returns.slice(0, 3000);
    jumping[1500] = 999;
    jumping[1700] = -0.999;
    const found = fitRegime(jumping);
    expect(found.leftOut).toBe(2);
    expect(found).toEqual({...fitRegime(jumping.filter((value) => Math.abs(value) < 0.9)), leftOut: 2});
    expect(fit.leftOut).toBe(0);
  });

  it('holds the calm variance at a floor where most returns are exactly equal', () => {
    const idle = returns.map((value, i) => (i % 5 === 0 ? value : 0));
    const found = fitRegime(idle);
    expect(found.atVarianceFloor).toBe(true);
    requireRegime(found.parameters);
  });

  it.each<[string, Float64Array]>([
    ['too few returns', new Float64Array(99).map((_, i) => i)],
    ['equal returns', new Float64Array(500).fill(0.001)],
    ['no movement', new Float64Array(500)],
    ['a NaN', returns.slice(0, 500).fill(Number.NaN, 7, 8)],
    ['an infinity', returns.slice(0, 500).fill(Number.POSITIVE_INFINITY, 7, 8)],
    [
      'two returns in turn, which are no two volatilities',
      returns.map((_, i) => (i % 2 === 0 ? 0.01 : -0.01)),
    ],
    ['returns whose squares overflow', returns.map((value) => value * 1e200)],
  ])('refuses %s', (_, broken) => {
    expect(() => fitRegime(broken)).toThrow(expect.objectContaining({code: 'REGIME_FIT_FAILED'}) as Error);
  });
});

describe('returnsOf', () => {
  it('leaves out the return over a gap', () => {
    const candles = ordinaryMarket(1, 6).map((candle, i) => (i === 3 ? {...candle, afterGap: true} : candle));
    const ratio = (i: number) => candles[i]!.close / candles[i - 1]!.close - 1;
    expect([...returnsOf(candles)]).toEqual([ratio(1), ratio(2), ratio(4), ratio(5)]);
    expect(returnsOf([]).length).toBe(0);
  });
});
