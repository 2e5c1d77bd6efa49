import type {FeatureRow} from '../domain/feature-row.js';
import type {Forecast} from '../domain/forecast.js';
import type {Model} from './model-persistence.js';
import {sigmoid} from './sigmoid.js';
import {WindowRing} from './window-ring.js';

/** Forecasts one candle at a time: keeps the window of a model's inputs and asks its network. */
export class Predictor {
  readonly #model: Model;
  readonly #ring: WindowRing;
  readonly #monotonicMs: () => number;

  /** @param monotonicMs a clock that never goes back, for the cost of a forecast alone */
  constructor(model: Model, monotonicMs: () => number) {
    this.#model = model;
    this.#ring = new WindowRing(model.manifest.sequenceLength, model.inputs.size);
    this.#monotonicMs = monotonicMs;
  }

  /** Takes a row into the window without a forecast, as for a candle that was decided on before. */
  observe(row: FeatureRow): void {
    this.#push(row);
  }

  /** Takes a row in and forecasts on it.
   *  @returns `undefined` until the segment has as many rows as a sequence
   *  @throws NATIVE_FAILED */
  predict(row: FeatureRow): Forecast | undefined {
    const startedMs = this.#monotonicMs();
    const maxAbsInput = this.#push(row);
    const window = this.#ring.window();
    if (window === undefined) return undefined;
    const logit = this.#model.network.predict(window, 1, this.#ring.steps)[0]!;
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
  #push(row: FeatureRow): number {
    if (row.segmentStart) this.#ring.reset();
    return this.#ring.push((buffer, at) => this.#model.inputs.write(row.values, buffer, at));
  }
}
