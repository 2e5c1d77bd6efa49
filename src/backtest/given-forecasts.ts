import type {Candle} from '../domain/candle.js';
import type {FeatureRow} from '../domain/feature-row.js';
import type {Forecast} from '../domain/forecast.js';
import type {ObservedFeatureRow} from '../features/feature-stream.js';
import type {ForecastBatch} from '../model/predict-history.js';

const NO_VALUES = new Float64Array(0);

/** Stands where features and predictor stand in a live engine, with forecasts that were computed for the whole history at once.
 *  Candles must come in time order; one without a forecast warms up. */
export class GivenForecasts {
  readonly #forecasts: ForecastBatch;
  readonly #model: string;
  #next = 0;

  /** @param model name of what forecast */
  constructor(forecasts: ForecastBatch, model: string) {
    this.#forecasts = forecasts;
    this.#model = model;
  }

  push({openTimeMs, filled}: Candle): ObservedFeatureRow | undefined {
    const {openTimesMs} = this.#forecasts;
    while (openTimesMs[this.#next]! < openTimeMs) this.#next += 1;
    if (openTimesMs[this.#next] !== openTimeMs) return undefined;
    return {
      openTimeMs,
      values: NO_VALUES,
      filled: filled === true,
      segmentStart: false,
      sentimentObserved: false,
    };
  }

  predict({openTimeMs}: FeatureRow): Forecast {
    const {logits, probabilities, maxAbsInputs} = this.#forecasts;
    return {
      openTimeMs,
      logit: logits[this.#next]!,
      probability: probabilities[this.#next]!,
      model: this.#model,
      maxAbsInput: maxAbsInputs[this.#next]!,
      predictionTimeMs: 0,
    };
  }

  /** There is no window to fill. */
  observe(): void {
    // Nothing to keep.
  }
}
