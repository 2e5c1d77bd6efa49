import {DlTradeError} from '../domain/errors.js';
import type {FeatureSchema} from '../domain/feature-schema.js';
import {AnchoredInputs} from './anchored-inputs.js';
import type {InputScale} from './anchored-inputs.js';
import type {StandardScaler} from './standard-scaler.js';

/** From a row of features to what the network sees: anchored, scaled, clipped, float32. The one path for training, batch and
 *  live, so that they cannot differ. Nothing is allocated per row. */
export class InputPipeline {
  /** Inputs a row, F. */
  readonly size: number;
  readonly #anchored: AnchoredInputs;
  readonly #scaler: StandardScaler;
  readonly #scratch: Float64Array;

  /** @throws SCALER_NOT_FITTED, and MODEL_INVALID where schema and scaler differ in size */
  constructor(schema: FeatureSchema, inputScale: InputScale, scaler: StandardScaler) {
    const fitted = scaler.toJSON().mean.length;
    if (fitted !== schema.features.length) {
      throw new DlTradeError(
        'MODEL_INVALID',
        `the scaler was fitted on "${String(fitted)}" columns, want the ${String(schema.features.length)} of schema ${schema.id}`,
        {details: {fitted, schema: schema.id}},
      );
    }
    this.size = schema.features.length;
    this.#anchored = new AnchoredInputs(schema, inputScale);
    this.#scaler = scaler;
    this.#scratch = new Float64Array(this.size);
  }

  /** @param values shape [..., F], float64 features; the row begins at `from`
   *  @param out float32; the row is written at `at`
   *  @returns the largest absolute scaled input before clipping */
  write(values: Float64Array, out: Float32Array, at = 0, from = 0): number {
    this.#anchored.apply(values, this.#scratch, from);
    return this.#scaler.transform(this.#scratch, out, at);
  }
}
