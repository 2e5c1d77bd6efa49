import {describe, expect, it} from 'vitest';
import {forecastQuality} from '../../../src/session/forecast-quality.js';

const MINUTE = 60_000;
const RULE = {horizon: 2, timeframeMs: MINUTE};
const series = (closes: number[], probabilities: number[], missingBefore = Infinity) => ({
  openTimesMs: Float64Array.from(closes, (_, i) => (i < missingBefore ? i : i + 5) * MINUTE),
  closes: Float64Array.from(closes),
  probabilities: Float64Array.from(probabilities),
});

describe('forecastQuality', () => {
  it('scores each forecast by the close a horizon on, as worked by hand', () => {
    // After two candles: 1 -> 3 rose, 2 -> 2 did not, 3 -> 4 rose; of the last two nobody knows.
    const {made, lowest, highest, quality} = forecastQuality(
      series([1, 2, 3, 2, 4], [0.9, 0.6, 0.3, 0.7, 0.1]),
      RULE,
    );
    expect({made, lowest, highest}).toEqual({made: 5, lowest: 0.1, highest: 0.9});
    expect(quality).toMatchObject({samples: 3, accuracy: 1 / 3, baseRate: 2 / 3});
    expect(quality!.brierScore).toBeCloseTo((0.01 + 0.36 + 0.49) / 3, 12);
    expect(quality!.logLoss).toBeCloseTo(-(Math.log(0.9) + Math.log(0.4) + Math.log(0.3)) / 3, 12);
    expect(quality!.calibration[9]).toEqual({from: 0.9, to: 1, samples: 1, forecast: 0.9, observed: 1});
  });

  it('leaves out what has a gap before its outcome, and candles without a forecast', () => {
    const gap = forecastQuality(series([1, 2, 3, 4, 5], [0.9, 0.9, 0.9, 0.9, 0.9], 3), RULE);
    expect(gap.quality!.samples).toBe(1);
    expect(forecastQuality(series([1, 2, 3, 4], [NaN, 0.9, NaN, NaN]), RULE)).toMatchObject({
      made: 1,
      quality: {samples: 1},
    });
  });

  it('says null where nothing was forecast, or no outcome is known', () => {
    expect(forecastQuality(series([1], [NaN]), RULE)).toEqual({
      made: 0,
      lowest: null,
      highest: null,
      quality: null,
    });
    expect(forecastQuality(series([1], [0.5]), RULE)).toEqual({
      made: 1,
      lowest: 0.5,
      highest: 0.5,
      quality: null,
    });
  });
});
