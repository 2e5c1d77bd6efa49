import {describe, expect, it} from 'vitest';
import {classificationMetrics, correctness} from '../../../../src/training/metrics/classification-metrics.js';

// By hand: predicted 1 1 1 0 0, actual 1 1 0 0 1.
const OUTCOMES = {
  probabilities: Float64Array.of(0.9, 0.6, 0.7, 0.2, 0.45),
  labels: Uint8Array.of(1, 1, 0, 0, 1),
};

describe('classificationMetrics', () => {
  it('counts a confusion matrix and what follows from it', () => {
    const metrics = classificationMetrics(OUTCOMES);
    expect(metrics.confusion).toEqual({truePositive: 2, falsePositive: 1, trueNegative: 1, falseNegative: 1});
    expect(metrics).toMatchObject({samples: 5, baseRate: 0.6, positiveRate: 0.6, accuracy: 0.6});
    expect(metrics.precision).toBeCloseTo(2 / 3, 15);
    expect(metrics.recall).toBeCloseTo(2 / 3, 15);
    expect(metrics.f1).toBeCloseTo(2 / 3, 15);
    // (2 x 1 - 1 x 1) / sqrt(3 x 3 x 2 x 2)
    expect(metrics.mcc).toBeCloseTo(1 / 6, 15);
    expect([...correctness(OUTCOMES)]).toEqual([1, 1, 0, 1, 0]);
  });

  it('scores probabilities', () => {
    const metrics = classificationMetrics(OUTCOMES);
    const logLoss = -(Math.log(0.9) + Math.log(0.6) + Math.log(0.3) + Math.log(0.8) + Math.log(0.45)) / 5;
    expect(metrics.logLoss).toBeCloseTo(logLoss, 14);
    expect(metrics.brierScore).toBeCloseTo((0.01 + 0.16 + 0.49 + 0.04 + 0.3025) / 5, 14);
  });

  it('calls one half no rise', () => {
    const {confusion} = classificationMetrics({
      probabilities: Float64Array.of(0.5, 0.5),
      labels: Uint8Array.of(0, 1),
    });
    expect(confusion).toEqual({truePositive: 0, falsePositive: 0, trueNegative: 1, falseNegative: 1});
  });

  it('puts every sample into one bin of the calibration table, 0 and 1 included', () => {
    const {calibration, expectedCalibrationError} = classificationMetrics({
      probabilities: Float64Array.of(0, 0.05, 0.55, 1),
      labels: Uint8Array.of(0, 1, 1, 1),
    });
    expect(calibration).toHaveLength(10);
    expect(calibration[0]).toEqual({from: 0, to: 0.1, samples: 2, forecast: 0.025, observed: 0.5});
    expect(calibration[5]).toMatchObject({samples: 1, forecast: 0.55, observed: 1});
    expect(calibration[9]).toMatchObject({samples: 1, forecast: 1, observed: 1});
    expect(calibration[3]).toMatchObject({samples: 0, forecast: null, observed: null});
    expect(expectedCalibrationError).toBeCloseTo((2 * 0.475 + 0.45) / 4, 14);
  });

  it('says null, not NaN, where a share has nothing to be a share of', () => {
    const allFell = classificationMetrics({
      probabilities: Float64Array.of(0.1, 0.2),
      labels: Uint8Array.of(0, 0),
    });
    expect(allFell).toMatchObject({
      precision: null,
      recall: null,
      f1: null,
      mcc: 0,
      accuracy: 1,
      baseRate: 1,
    });
  });

  it('stays finite where certainty was wrong', () => {
    const {logLoss} = classificationMetrics({
      probabilities: Float64Array.of(0, 1),
      labels: Uint8Array.of(1, 0),
    });
    expect(logLoss).toBeCloseTo(52 * Math.LN2, 10);
  });

  it('refuses nothing, and lists of different lengths', () => {
    expect(() =>
      classificationMetrics({probabilities: new Float64Array(0), labels: new Uint8Array(0)}),
    ).toThrow(RangeError);
    expect(() =>
      classificationMetrics({probabilities: new Float64Array(1), labels: new Uint8Array(2)}),
    ).toThrow('outcomes were "1" and "2"');
  });
});
