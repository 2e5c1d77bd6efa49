import type {Forecast, Prediction, Signal} from '../domain/forecast.js';

/** Reads a probability: buy above the threshold, sell below 1 - threshold, else neutral; NaN is neutral.
 *  @param threshold in [0.5, 1) */
export function signalOf(probability: number, threshold: number): Signal {
  if (probability > threshold && probability <= 1) return 'buy';
  if (probability < 1 - threshold && probability >= 0) return 'sell';
  return 'neutral';
}

/** max(p, 1 - p), in [0.5, 1]; NaN stays NaN. */
export function confidenceOf(probability: number): number {
  return Math.max(probability, 1 - probability);
}

/** The public form of a forecast. */
export function toPrediction(forecast: Forecast, threshold: number): Prediction {
  return {
    signal: signalOf(forecast.probability, threshold),
    confidence: confidenceOf(forecast.probability),
    probability: forecast.probability,
    model: forecast.model,
    prediction_time_ms: forecast.predictionTimeMs,
  };
}
