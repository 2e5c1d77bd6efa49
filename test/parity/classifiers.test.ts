import {beforeAll, describe, expect, it} from 'vitest';
import {GradientBoosting} from '../../src/training/baselines/gradient-boosting.js';
import {LogisticRegression} from '../../src/training/baselines/logistic-regression.js';
import {classificationMetrics} from '../../src/training/metrics/classification-metrics.js';
import type {TimeSeriesDataset} from '../../src/training/time-series-dataset.js';
import {findPython, runPython} from '../support/python.js';
import {labelsOf, tabularDataset} from '../support/tabular-dataset.js';
import {useTemporaryDirectory} from '../support/temporary-directory.js';

const python = findPython('numpy', 'sklearn');
const ROUNDS = 20;

interface Reference {
  readonly probabilities: readonly number[];
  readonly metrics: Readonly<Record<string, number>>;
}

function toCsv(dataset: TimeSeriesDataset): string {
  return Array.from({length: dataset.length}, (_, i) =>
    [...dataset.lastRow(i), dataset.label(i)].join(','),
  ).join('\n');
}

describe.skipIf(python === undefined)('the baselines and metrics against scikit-learn', () => {
  const folder = useTemporaryDirectory();
  const probability = (row: Float32Array): number =>
    1 / (1 + Math.exp(-(row[0]! * row[1]! + 0.7 * row[2]! - 0.3)));
  // One decimal: both sides cut the same bins.
  const train = tabularDataset({samples: 4000, size: 6, probability, seed: 'train'});
  const test = tabularDataset({samples: 1500, size: 6, probability, seed: 'test'});
  let said: Record<'logistic' | 'boosting', Reference>;

  beforeAll(() => {
    said = JSON.parse(
      runPython(
        python!,
        'tools/reference/fit_classifiers.py',
        ...['--train', folder.write('train.csv', toCsv(train))],
        ...['--test', folder.write('test.csv', toCsv(test)), '--rounds', String(ROUNDS)],
      ),
    ) as typeof said;
  }, 120_000);

  it('agrees on the logistic regression', () => {
    const ours = LogisticRegression.fit(train).probabilities(test);
    for (const [i, theirs] of said.logistic.probabilities.entries()) expect(ours[i]).toBeCloseTo(theirs, 6);
  });

  it('agrees on the gradient boosting', () => {
    const ours = GradientBoosting.fit(train, undefined, {rounds: ROUNDS}).probabilities(test);
    // They sum gradients as float32: a tie between two splits may fall the other way.
    const differences = said.boosting.probabilities.map((theirs, i) => Math.abs(theirs - ours[i]!));
    const alike = differences.filter((difference) => difference < 1e-4).length;
    expect(alike / differences.length).toBeGreaterThan(0.95);
    const loss = classificationMetrics({probabilities: ours, labels: labelsOf(test)}).logLoss;
    expect(Math.abs(loss - said.boosting.metrics['logLoss']!)).toBeLessThan(2e-3);
  });

  it.for(['logistic', 'boosting'] as const)('agrees on every metric of the %s', (name) => {
    const {probabilities, metrics} = said[name];
    const ours = classificationMetrics({
      probabilities: Float64Array.from(probabilities),
      labels: labelsOf(test),
    });
    for (const [metric, value] of Object.entries(metrics)) {
      expect(ours[metric as 'accuracy'], metric).toBeCloseTo(value, 12);
    }
  });
});
