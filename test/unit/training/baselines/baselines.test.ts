import {describe, expect, it} from 'vitest';
import {GradientBoosting} from '../../../../src/training/baselines/gradient-boosting.js';
import {LogisticRegression} from '../../../../src/training/baselines/logistic-regression.js';
import {classificationMetrics} from '../../../../src/training/metrics/classification-metrics.js';
import type {TimeSeriesDataset} from '../../../../src/training/time-series-dataset.js';
import {labelsOf, tabularDataset} from '../../../support/tabular-dataset.js';

const linear = (row: Float32Array): number => 1 / (1 + Math.exp(-(1.5 * row[0]! - row[2]! + 0.5)));
/** Neither feature says anything alone. */
const chequered = (row: Float32Array): number => (row[0]! > 0 === row[1]! > 0 ? 0.9 : 0.1);

function accuracyOf(
  model: {probabilities(dataset: TimeSeriesDataset): Float64Array},
  dataset: TimeSeriesDataset,
): number {
  return classificationMetrics({probabilities: model.probabilities(dataset), labels: labelsOf(dataset)})
    .accuracy;
}

describe('LogisticRegression', () => {
  it('finds the weights that made the labels', () => {
    const data = tabularDataset({samples: 20_000, size: 4, probability: linear, seed: 'linear'});
    const {weights} = LogisticRegression.fit(data);
    for (const [i, want] of [1.5, 0, -1, 0, 0.5].entries())
      expect(Math.abs(weights[i]! - want)).toBeLessThan(0.08);
  });

  it('ends where the gradient of its objective vanishes', () => {
    const data = tabularDataset({samples: 500, size: 3, probability: linear, seed: 'small'});
    const model = LogisticRegression.fit(data, {c: 2});
    const probabilities = model.probabilities(data);
    const gradient = new Float64Array(4);
    for (let sample = 0; sample < data.length; sample++) {
      const slope = 2 * (probabilities[sample]! - data.label(sample));
      data.lastRow(sample).forEach((value, i) => (gradient[i]! += slope * value));
      gradient[3]! += slope;
    }
    for (let i = 0; i < 3; i++) expect(gradient[i]! + model.weights[i]!).toBeCloseTo(0, 8);
    expect(gradient[3]).toBeCloseTo(0, 8);
  });

  it('stays finite on labels that are all alike, that a line divides, and on columns that say nothing', () => {
    for (const probability of [() => 1, () => 0, (row: Float32Array) => (row[0]! > 0 ? 1 : 0)]) {
      const data = tabularDataset({samples: 200, size: 2, probability, seed: 'edge'});
      const model = LogisticRegression.fit(data, {c: 1e6});
      expect(model.weights.every(Number.isFinite)).toBe(true);
      expect(accuracyOf(model, data)).toBeGreaterThan(0.99);
    }
    const constant = tabularDataset({samples: 100, size: 2, probability: linear, seed: 'flat', decimals: -3});
    expect([...LogisticRegression.fit(constant).weights.subarray(0, 2)].map(Math.abs)).toEqual([0, 0]);
  });
});

describe('GradientBoosting', () => {
  const train = tabularDataset({samples: 3000, size: 3, probability: chequered, seed: 'train', decimals: 6});
  const validation = tabularDataset({
    samples: 1000,
    size: 3,
    probability: chequered,
    seed: 'validation',
    decimals: 6,
  });
  const test = tabularDataset({samples: 4000, size: 3, probability: chequered, seed: 'test', decimals: 6});

  it('finds what no line can: within two points of the best there is', () => {
    expect(accuracyOf(GradientBoosting.fit(train, validation), test)).toBeGreaterThan(0.88);
    expect(accuracyOf(LogisticRegression.fit(train), test)).toBeLessThan(0.56);
  });

  it('stops by the validation samples, and keeps the trees that served them best', () => {
    const noise = (seed: string): TimeSeriesDataset =>
      tabularDataset({samples: 2000, size: 3, probability: () => 0.5, seed, decimals: 6});
    expect(GradientBoosting.fit(noise('a'), noise('b'), {patience: 3}).rounds).toBeLessThan(10);
    expect(GradientBoosting.fit(noise('a'), undefined, {rounds: 12}).rounds).toBe(12);
  });

  it('selects the shape of its trees by the validation samples, never worse there than the defaults', () => {
    const faint = (row: Float32Array): number => 0.5 + 0.04 * Math.sign(row[0]!);
    const part = (seed: string): TimeSeriesDataset =>
      tabularDataset({samples: 3000, size: 8, probability: faint, seed, decimals: 6});
    const [few, held] = [part('few'), part('held')];
    const lossOf = (model: GradientBoosting): number =>
      classificationMetrics({probabilities: model.probabilities(held), labels: labelsOf(held)}).logLoss;
    const steps = GradientBoosting.selecting(few, held);
    let step = steps.next();
    while (step.done !== true) step = steps.next();
    // A signal this faint is lost on trees of 31 leaves.
    expect(lossOf(step.value)).toBeLessThan(lossOf(GradientBoosting.fit(few, held)));
  });

  it('fits a tree a step', () => {
    const steps = GradientBoosting.fitting(train, undefined, {rounds: 3});
    expect([steps.next(), steps.next(), steps.next()].map(({value}) => value as unknown)).toEqual([1, 2, 3]);
    expect(steps.next().done).toBe(true);
  });

  it('says the same of the same data, and grows nothing where every label is alike', () => {
    const once = GradientBoosting.fit(train, validation).probabilities(test);
    expect(GradientBoosting.fit(train, validation).probabilities(test)).toEqual(once);
    for (const share of [0, 1]) {
      const alike = tabularDataset({samples: 100, size: 2, probability: () => share, seed: 'alike'});
      const p = GradientBoosting.fit(alike, undefined, {rounds: 5}).probabilities(alike);
      expect(p.every((value) => Math.abs(value - share) < 0.05)).toBe(true);
    }
  });
});
