import {accuracyInterval} from './metrics/accuracy-interval.js';
import type {Interval} from './metrics/accuracy-interval.js';
import {classificationMetrics, correctness} from './metrics/classification-metrics.js';
import type {ClassificationMetrics, Outcomes} from './metrics/classification-metrics.js';
import {metricIntervals} from './metrics/metric-intervals.js';
import type {MetricIntervals} from './metrics/metric-intervals.js';
import {pairedTest} from './metrics/paired-test.js';
import type {PairedTest} from './metrics/paired-test.js';

/** A simpler classifier on the same samples, and the model's test against it. */
export interface BaselineComparison {
  readonly name: string;
  readonly accuracy: Interval;
  readonly logLoss: number;
  /** First: the model; second: the baseline. */
  readonly test: PairedTest;
}

/** Everything that is said of a model's forecasts on one part of a history. */
export interface Assessment {
  readonly part: 'validation' | 'test';
  readonly metrics: ClassificationMetrics;
  readonly intervals: MetricIntervals;
  readonly baselines: readonly BaselineComparison[];
  /** Beside always saying the more frequent label: whether the accuracy's interval lies above that rate. */
  readonly beatsBaseRate: boolean;
}

export interface AssessOptions {
  readonly part: 'validation' | 'test';
  /** Candles that a label looks ahead. */
  readonly horizon: number;
  /** Probabilities of the baselines on the same samples, by name. */
  readonly baselines: Readonly<Record<string, Float64Array>>;
}

/** Scores a model's forecasts beside the base rate and simpler classifiers. */
export function assess(outcomes: Outcomes, {part, horizon, baselines}: AssessOptions): Assessment {
  const metrics = classificationMetrics(outcomes);
  const intervals = metricIntervals(outcomes, {horizon});
  const right = correctness(outcomes);
  return {
    part,
    metrics,
    intervals,
    baselines: Object.entries(baselines).map(([name, probabilities]) => {
      const theirs = {probabilities, labels: outcomes.labels};
      const theirRight = correctness(theirs);
      return {
        name,
        accuracy: accuracyInterval(theirRight, {horizon}),
        logLoss: classificationMetrics(theirs).logLoss,
        test: pairedTest(right, theirRight, horizon),
      };
    }),
    beatsBaseRate: intervals.accuracy.low > metrics.baseRate,
  };
}

/** The plain sentence that says what a model is good for, by what was measured. */
export function verdictOf({part, metrics, intervals, baselines, beatsBaseRate}: Assessment): string {
  const percent = (share: number): string => `${(share * 100).toFixed(1)}%`;
  const {value, low, high} = intervals.accuracy;
  const where = part === 'test' ? 'held-out candles' : 'validation candles, on which it was selected,';
  const beside = baselines
    .map(
      ({name, accuracy, test}) =>
        `${name} ${percent(accuracy.value)} (the model is ${test.verdict}, p ${test.pValue.toPrecision(2)})`,
    )
    .join(', ');
  return (
    `On ${metrics.samples.toLocaleString('en-US')} ${where} it was right ${percent(value)} of the time `
    + `(95% interval ${percent(low)} to ${percent(high)}); always saying the more frequent class is right ${percent(metrics.baseRate)} of the time`
    + (beside === '' ? '. ' : `, ${beside}. `)
    + (beatsBaseRate
      ? 'The interval lies above the base rate, before any cost of trading.'
      : 'That is no shown skill: the interval does not lie above the base rate.')
  );
}
