import {accuracyInterval} from './accuracy-interval.js';
import type {Interval, IntervalOptions} from './accuracy-interval.js';
import {percentileInterval, resampledSums} from './block-bootstrap.js';
import {classificationMetrics, confusionScores, correctness, logLosses} from './classification-metrics.js';
import type {Outcomes} from './classification-metrics.js';

/** Every metric of some forecasts with the interval that it may lie in. Those that nothing can be said of are left out. */
export interface MetricIntervals {
  readonly accuracy: Interval;
  readonly logLoss: Interval;
  readonly brierScore: Interval;
  readonly mcc: Interval;
  readonly precision?: Interval;
  readonly recall?: Interval;
  readonly f1?: Interval;
}

/** Scores forecasts and bounds every score: the accuracy as `accuracyInterval` says, the others by a block bootstrap.
 *  @throws RangeError as `classificationMetrics` */
export function metricIntervals(outcomes: Outcomes, options: IntervalOptions = {}): MetricIntervals {
  const {probabilities, labels} = outcomes;
  const metrics = classificationMetrics(outcomes);
  const where = (rises: boolean, rose: boolean): Uint8Array =>
    labels.map((label, i) => (probabilities[i]! > 0.5 === rises && (label === 1) === rose ? 1 : 0));
  const columns = [
    ...[where(true, true), where(true, false), where(false, false), where(false, true)],
    ...[logLosses(outcomes), probabilities.map((p, i) => (p - labels[i]!) ** 2)],
  ];
  const samples = labels.length;
  const drawn = {precision: [], recall: [], f1: [], mcc: [], logLoss: [], brierScore: []} as Record<
    'precision' | 'recall' | 'f1' | 'mcc' | 'logLoss' | 'brierScore',
    number[]
  >;
  for (const sums of resampledSums(columns, options)) {
    const [truePositive, falsePositive, trueNegative, falseNegative, loss, squares] = sums as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    const scores = {
      ...confusionScores({truePositive, falsePositive, trueNegative, falseNegative}),
      ...{logLoss: loss / samples, brierScore: squares / samples},
    };
    for (const [name, values] of Object.entries(drawn)) {
      const score = scores[name as keyof typeof drawn];
      if (score !== null) values.push(score);
    }
  }
  const bounded = (name: keyof typeof drawn, value: number): Interval => ({
    value,
    ...percentileInterval(Float64Array.from(drawn[name]), options.confidence ?? 0.95),
  });
  const optional = (name: 'precision' | 'recall' | 'f1'): Partial<MetricIntervals> =>
    metrics[name] === null ? {} : {[name]: bounded(name, metrics[name])};
  return {
    accuracy: accuracyInterval(correctness(outcomes), options),
    logLoss: bounded('logLoss', metrics.logLoss),
    brierScore: bounded('brierScore', metrics.brierScore),
    mcc: bounded('mcc', metrics.mcc),
    ...optional('precision'),
    ...optional('recall'),
    ...optional('f1'),
  };
}
