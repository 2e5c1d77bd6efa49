import type {SymbolReport} from '../report/backtest-report.js';
import {classificationMetrics} from '../training/metrics/classification-metrics.js';

type ForecastReport = SymbolReport['forecasts'];

/** How good forecasts were, whatever was traded on them: scored where the candle that they speak of is there, with no candle missing
 *  on the way.
 *  @param series shape [N] each; a probability is NaN where there was no forecast */
export function forecastQuality(
  {
    openTimesMs,
    closes,
    probabilities,
  }: Readonly<Record<'openTimesMs' | 'closes' | 'probabilities', Float64Array>>,
  {horizon, timeframeMs}: {readonly horizon: number; readonly timeframeMs: number},
): ForecastReport {
  let [made, lowest, highest] = [0, Infinity, -Infinity];
  const scored: number[] = [];
  for (const [i, probability] of probabilities.entries()) {
    if (Number.isNaN(probability)) continue;
    made += 1;
    lowest = Math.min(lowest, probability);
    highest = Math.max(highest, probability);
    const isThere =
      i + horizon < closes.length && openTimesMs[i + horizon]! - openTimesMs[i]! === horizon * timeframeMs;
    if (isThere) scored.push(i);
  }
  if (scored.length === 0) return {...bounds(made, lowest, highest), quality: null};
  const metrics = classificationMetrics({
    probabilities: Float64Array.from(scored, (i) => probabilities[i]!),
    labels: Uint8Array.from(scored, (i) => (closes[i + horizon]! > closes[i]! ? 1 : 0)),
  });
  const {samples, accuracy, baseRate, logLoss, brierScore, expectedCalibrationError, calibration} = metrics;
  return {
    ...bounds(made, lowest, highest),
    quality: {
      ...{samples, accuracy, baseRate, logLoss, brierScore, expectedCalibrationError},
      calibration: [...calibration],
    },
  };
}

function bounds(
  made: number,
  lowest: number,
  highest: number,
): Pick<ForecastReport, 'made' | 'lowest' | 'highest'> {
  return made === 0 ? {made, lowest: null, highest: null} : {made, lowest, highest};
}
