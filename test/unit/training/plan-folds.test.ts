import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {planFolds} from '../../../src/training/plan-folds.js';

describe('planFolds', () => {
  it('walks a history in folds of equal length', () => {
    expect(planFolds(1000, {folds: 2, scheme: 'rolling', validationShare: 0.2})).toEqual([
      {from: 0, validationFrom: 400, testFrom: 500, to: 750},
      {from: 250, validationFrom: 650, testFrom: 750, to: 1000},
    ]);
    expect(planFolds(1000, {folds: 2, scheme: 'anchored', validationShare: 0.2})[1]).toEqual({
      ...{from: 0, validationFrom: 600, testFrom: 750, to: 1000},
    });
  });

  it('tests every sample behind the first training part once, and never trains on what comes later', () => {
    fc.assert(
      fc.property(
        fc.integer({min: 200, max: 5000}),
        fc.integer({min: 1, max: 20}),
        fc.constantFrom('rolling' as const, 'anchored' as const),
        fc.double({min: 0.2, max: 0.8, noNaN: true}),
        (samples, folds, scheme, trainShare) => {
          const plan = planFolds(samples, {folds, scheme, trainShare});
          expect(plan).toHaveLength(folds);
          expect(plan[0]!.testFrom).toBe(Math.floor(samples * trainShare));
          expect(plan.at(-1)!.to).toBe(samples);
          plan.forEach(({from, validationFrom, testFrom, to}, fold) => {
            expect(from).toBeLessThan(validationFrom);
            expect(validationFrom).toBeLessThan(testFrom);
            expect(testFrom).toBeLessThan(to);
            expect(plan[fold + 1]?.testFrom ?? to).toBe(to);
            expect(from).toBe(scheme === 'anchored' ? 0 : testFrom - plan[0]!.testFrom);
          });
        },
      ),
    );
  });

  it('refuses what leaves a part empty, and numbers out of range', () => {
    expect(() => planFolds(10, {folds: 20, scheme: 'rolling'})).toThrow('too few for 20 folds');
    expect(() => planFolds(100, {folds: 0, scheme: 'rolling'})).toThrow('folds was "0"');
    expect(() => planFolds(100, {folds: 2, scheme: 'rolling', trainShare: 1})).toThrow('train-share was "1"');
    expect(() => planFolds(100, {folds: 2, scheme: 'rolling', validationShare: NaN})).toThrow('"NaN"');
  });
});
