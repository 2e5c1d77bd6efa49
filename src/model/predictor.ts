import type {FeatureRow} from '../domain/feature-row.js';
import type {Forecast} from '../domain/forecast.js';
import type {Model} from './model-persistence.js';
import type {NetworkStream} from './native-network.js';
import {sigmoid} from './sigmoid.js';

/** Forecasts one candle at a time: each row is scaled and given to the network's stream, which computes the new row's share. */
export class Predictor {
  readonly #model: Model;
  readonly #stream: NetworkStream;
  /** The row as the network sees it. */
  readonly #row: Float32Array;
  readonly #monotonicMs: () => number;

  /** @param monotonicMs a clock that never goes back, for the cost of a forecast alone
   *  @throws NATIVE_FAILED */
  constructor(model: Model, monotonicMs: () => number) {
    this.#model = model;
    this.#stream = model.network.openStream(model.manifest.sequenceLength);
    this.#row = new Float32Array(model.inputs.size);
    this.#monotonicMs = monotonicMs;
  }

  /** Takes a row into the window without a forecast, as for a candle that was decided on before. */
  observe(row: FeatureRow): void {
    this.#scale(row);
    this.#stream.observe(this.#row);
  }

  /** Takes a row in and forecasts on it.
   *  @returns `undefined` until the segment has as many rows as a sequence
   *  @throws NATIVE_FAILED */
  predict(row: FeatureRow): Forecast | undefined {
    const startedMs = this.#monotonicMs();
    const maxAbsInput = this.#scale(row);
    const logit = this.#stream.push(this.#row);
    if (logit === undefined) return undefined;
    return {
      openTimeMs: row.openTimeMs,
      logit,
      probability: sigmoid(logit),
      model: this.#model.name,
      maxAbsInput,
      predictionTimeMs: this.#monotonicMs() - startedMs,
    };
  }

  /** @returns the row's largest absolute scaled input before clipping */
  #scale(row: FeatureRow): number {
    if (row.segmentStart) this.#stream.reset();
    return this.#model.inputs.write(row.values, this.#row);
  }
}
