import type {Assessment} from '../index.js';

type Interval = Assessment['intervals']['accuracy'];

/** A share as people read it: `53.5%`. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(1)}%`;
}

/** A share with its 95% interval: `53.5% [52.1, 55.0]`. */
export function percentWithin({value, low, high}: Interval): string {
  return `${percent(value)} [${(low * 100).toFixed(1)}, ${(high * 100).toFixed(1)}]`;
}

/** What was measured on one part, a line a number, baselines beside the model. */
export function assessmentLines({metrics, intervals, baselines}: Assessment, name: string): string[] {
  const {precision, recall, f1, mcc, logLoss, brierScore} = intervals;
  const within = (interval: Interval | undefined, digits: number): string =>
    interval === undefined
      ? 'none'
      : `${interval.value.toFixed(digits)} [${interval.low.toFixed(digits)}, ${interval.high.toFixed(digits)}]`;
  const row = (label: string, text: string): string => `  ${label.padEnd(21)} ${text}`;
  return [
    row(name, `${percentWithin(intervals.accuracy)} right, log loss ${logLoss.value.toFixed(4)}`),
    row('base rate', percent(metrics.baseRate)),
    ...baselines.map(({name: other, accuracy, logLoss: loss, test}) =>
      row(
        other,
        `${percentWithin(accuracy)} right, log loss ${loss.toFixed(4)}; the model is ${test.verdict} (${test.name} p ${test.pValue.toPrecision(2)})`,
      ),
    ),
    row('precision, recall', `${within(precision, 3)}, ${within(recall, 3)}`),
    row('F1, MCC', `${within(f1, 3)}, ${within(mcc, 3)}`),
    row('Brier score', within(brierScore, 4)),
  ];
}

/** Predicted against actual. */
export function confusionLines({metrics: {confusion}}: Assessment): string[] {
  const {truePositive, falsePositive, trueNegative, falseNegative} = confusion;
  const cell = (count: number): string => count.toLocaleString('en-US').padStart(9);
  return [
    `  ${''.padEnd(16)}${'rose'.padStart(9)}${'did not'.padStart(9)}`,
    `  ${'said: rises'.padEnd(16)}${cell(truePositive)}${cell(falsePositive)}`,
    `  ${'said: does not'.padEnd(16)}${cell(falseNegative)}${cell(trueNegative)}`,
  ];
}

/** What was said beside what came, for the bins that hold samples. */
export function calibrationLines({metrics: {calibration, expectedCalibrationError}}: Assessment): string[] {
  return [
    ...calibration.flatMap(({from, to, samples, forecast, observed}) =>
      forecast === null || observed === null
        ? []
        : [
            `  ${from.toFixed(1)} to ${to.toFixed(1)}  ${samples.toLocaleString('en-US').padStart(8)} samples, said ${percent(forecast)}, came ${percent(observed)}`,
          ],
    ),
    `  expected calibration error ${percent(expectedCalibrationError)}`,
  ];
}
