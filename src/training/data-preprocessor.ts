import {DlTradeError} from '../domain/errors.js';
import type {FeatureSchema} from '../domain/feature-schema.js';
import {AnchoredInputs} from '../model/anchored-inputs.js';
import type {InputScale} from '../model/anchored-inputs.js';
import {InputPipeline} from '../model/input-pipeline.js';
import type {FeatureMatrix} from '../model/predict-history.js';
import {StandardScaler} from '../model/standard-scaler.js';
import {labelRows, sampleRows} from './samples.js';
import {splitAt, splitChronologically} from './splits.js';
import type {Split, SplitBoundaries, SplitOptions} from './splits.js';
import {TimeSeriesDataset} from './time-series-dataset.js';

/** What samples are made of. */
export interface PreprocessorOptions extends Pick<SplitOptions, 'fractions' | 'embargo'> {
  readonly schema: FeatureSchema;
  /** Rows of a sequence; 50 unless said otherwise. */
  readonly sequenceLength?: number;
  /** Candles that a label looks ahead; 5 unless said otherwise. */
  readonly horizon?: number;
  /** `anchored` unless said otherwise. */
  readonly inputScale?: InputScale;
  /** Where the parts lie, as a walk-forward's fold says; by `fractions` of all samples unless given. */
  readonly boundaries?: (samples: number) => SplitBoundaries;
}

/** The three parts of a history, over one matrix of inputs. */
export interface Datasets {
  readonly train: TimeSeriesDataset;
  readonly validation: TimeSeriesDataset;
  readonly test: TimeSeriesDataset;
  readonly split: Split;
}

/** From feature rows to what a network is trained on: split in time, then scaled by the statistics of training rows alone. */
export class DataPreprocessor {
  readonly sequenceLength: number;
  readonly horizon: number;
  readonly inputScale: InputScale;
  readonly scaler = new StandardScaler();
  readonly #schema: FeatureSchema;
  readonly #closeColumn: number;
  readonly #division: Pick<PreprocessorOptions, 'fractions' | 'embargo' | 'boundaries'>;

  /** @throws MODEL_INVALID for a schema without close */
  constructor({
    schema,
    sequenceLength = 50,
    horizon = 5,
    inputScale = 'anchored',
    ...division
  }: PreprocessorOptions) {
    this.sequenceLength = sequenceLength;
    this.horizon = horizon;
    this.inputScale = inputScale;
    this.#schema = schema;
    this.#closeColumn = schema.features.findIndex(({name}) => name === 'close');
    this.#division = division;
    if (this.#closeColumn < 0) {
      throw new DlTradeError(
        'MODEL_INVALID',
        `schema "${schema.id}" has no close, which labels are made of`,
        {
          details: {schema: schema.id},
        },
      );
    }
  }

  /** The parts of a history; values play no role in it, so that it can be asked before features are final.
   *  @throws CANDLES_TOO_FEW CONFIG_INVALID */
  split(matrix: Pick<FeatureMatrix, 'segmentStart'>): Split {
    const samples = sampleRows(matrix, this);
    const {boundaries, ...division} = this.#division;
    const rules = {horizon: this.horizon, ...division};
    return boundaries === undefined
      ? splitChronologically(samples, rules)
      : splitAt(samples, boundaries(samples.length), rules);
  }

  /** Fits the scaler on the rows that training samples are made of: from the first one's sequence to the last one's row.
   *  @throws CANDLES_TOO_FEW CONFIG_INVALID */
  fit(matrix: FeatureMatrix): this {
    const {train} = this.split(matrix);
    const size = this.#schema.features.length;
    const from = train[0]! - this.sequenceLength + 1;
    const rows = train.at(-1)! + 1 - from;
    const anchored = new AnchoredInputs(this.#schema, this.inputScale);
    const values = new Float64Array(rows * size);
    for (let row = 0; row < rows; row++) {
      anchored.apply(matrix.values, values.subarray(row * size, (row + 1) * size), (from + row) * size);
    }
    this.scaler.fit(values, size, {from: 0, to: rows});
    return this;
  }

  /** Anchors, scales and clips every row.
   *  @returns float32, shape [N, F]
   *  @throws SCALER_NOT_FITTED before `fit` */
  transform({values, openTimesMs}: Pick<FeatureMatrix, 'values' | 'openTimesMs'>): Float32Array {
    const pipeline = new InputPipeline(this.#schema, this.inputScale, this.scaler);
    const inputs = new Float32Array(openTimesMs.length * pipeline.size);
    for (let at = 0; at < inputs.length; at += pipeline.size) pipeline.write(values, inputs, at, at);
    return inputs;
  }

  /** Splits, fits and scales a history.
   *  @throws CANDLES_TOO_FEW CONFIG_INVALID */
  prepare(matrix: FeatureMatrix): Datasets {
    const inputs = this.fit(matrix).transform(matrix);
    const size = this.#schema.features.length;
    const labels = labelRows(matrix, {columns: size, close: this.#closeColumn, horizon: this.horizon});
    const shape = {steps: this.sequenceLength, size};
    const source = {inputs, labels, openTimesMs: matrix.openTimesMs, shape};
    const split = this.split(matrix);
    return {
      train: new TimeSeriesDataset(source, split.train),
      validation: new TimeSeriesDataset(source, split.validation),
      test: new TimeSeriesDataset(source, split.test),
      split,
    };
  }
}
