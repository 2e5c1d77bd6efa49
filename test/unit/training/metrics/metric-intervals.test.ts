import {describe, expect, it} from 'vitest';
import {SeededRandom} from '../../../../src/domain/seeded-random.js';
import {classificationMetrics} from '../../../../src/training/metrics/classification-metrics.js';
import {metricIntervals} from '../../../../src/training/metrics/metric-intervals.js';

describe('metricIntervals', () => {
  const random = new SeededRandom('metric intervals');
  const probabilities = Float64Array.from({length: 3000}, () => 0.3 + 0.4 * random.uniform());
  const labels = Uint8Array.from(probabilities, (p) => (random.uniform() < p ? 1 : 0));

  it('bounds every metric around its value', () => {
    const metrics = classificationMetrics({probabilities, labels});
    const intervals = metricIntervals({probabilities, labels});
    for (const name of ['accuracy', 'precision', 'recall', 'f1', 'mcc', 'logLoss', 'brierScore'] as const) {
      const {value, low, high} = intervals[name]!;
      expect(value, name).toBe(metrics[name]);
      expect(low, name).toBeLessThan(value);
      expect(high, name).toBeGreaterThan(value);
      expect(high - low, name).toBeLessThan(0.1);
    }
  });

  it('is as wide as theory says for a mean of independent terms', () => {
    const {low, high} = metricIntervals({probabilities, labels}).brierScore;
    const terms = probabilities.map((p, i) => (p - labels[i]!) ** 2);
    const mean = terms.reduce((sum, term) => sum + term, 0) / terms.length;
    const deviation = Math.sqrt(terms.reduce((sum, term) => sum + (term - mean) ** 2, 0) / terms.length);
    expect((high - low) / ((2 * 1.96 * deviation) / Math.sqrt(terms.length))).toBeGreaterThan(0.85);
    expect((high - low) / ((2 * 1.96 * deviation) / Math.sqrt(terms.length))).toBeLessThan(1.15);
  });

  it('leaves out what has no value', () => {
    const silent = metricIntervals({probabilities: Float64Array.of(0.1, 0.2), labels: Uint8Array.of(0, 0)});
    expect(silent.precision).toBeUndefined();
    expect(silent.recall).toBeUndefined();
    expect(silent.mcc).toEqual({value: 0, low: 0, high: 0});
  });
});
