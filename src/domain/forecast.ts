/** What a network says about one closed candle. */
export interface Forecast {
  /** Open time of the candle that the forecast was made on, ms, UTC. */
  readonly openTimeMs: number;
  readonly logit: number;
  /** sigmoid(logit): the probability that close[t + horizon] > close[t]. */
  readonly probability: number;
  /** Name of the model's bundle. */
  readonly model: string;
  /** Largest absolute scaled input before clipping: how far the row lies outside what training saw, in deviations. */
  readonly maxAbsInput: number;
  /** Wall-clock cost of the forecast; never part of what replay compares. */
  readonly predictionTimeMs: number;
}

/** What a forecast says to do: the side that crosses the threshold, or neither. */
export type Signal = 'buy' | 'sell' | 'neutral';

/** The public prediction format. */
export interface Prediction {
  readonly signal: Signal;
  /** max(probability, 1 - probability), in [0.5, 1]. */
  readonly confidence: number;
  readonly probability: number;
  readonly model: string;
  readonly prediction_time_ms: number;
}
