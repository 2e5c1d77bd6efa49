import type {Candle} from '../domain/candle.js';
import type {RegimeParameters} from '../domain/feature-schema.js';
import {computeFeatures} from '../features/compute-features.js';
import type {FeatureTable} from '../features/compute-features.js';
import type {FeatureOptions} from '../features/feature-stream.js';
import {fitRegime, returnsOf} from '../features/regime-fit.js';
import {FEATURE_SCHEMA} from '../features/schema.js';
import {DataPreprocessor} from './data-preprocessor.js';
import type {Datasets, PreprocessorOptions} from './data-preprocessor.js';

/** What becomes of candles before a network is trained on them. */
export interface TrainingDataOptions
  extends Omit<PreprocessorOptions, 'schema'>, Pick<FeatureOptions, 'sentiment'> {
  /** Fits the regime to returns of training candles; maximum likelihood by EM unless said otherwise. */
  readonly fitRegime?: (returns: Float64Array) => RegimeParameters;
}

/** All that a training needs, and all that its manifest has to say of the inputs. */
export interface TrainingData extends Datasets {
  readonly preprocessor: DataPreprocessor;
  /** Fitted on training candles. */
  readonly regime: RegimeParameters;
  /** Features with that regime. */
  readonly features: FeatureTable;
}

/** Turns candles into datasets; regime and scaler see training candles alone: up to the last training sample and, where the
 *  training part does not begin with the history, from the first one's sequence.
 *  @throws CANDLES_TOO_FEW CANDLES_INVALID CONFIG_INVALID REGIME_FIT_FAILED */
export function prepareTraining(candles: readonly Candle[], options: TrainingDataOptions = {}): TrainingData {
  const {fitRegime: fit = fitByLikelihood, sentiment, ...division} = options;
  const observed = sentiment === undefined ? {} : {sentiment};
  const preprocessor = new DataPreprocessor({...division, schema: FEATURE_SCHEMA});
  // Where rows and segments lie does not depend on the regime, so the split can be known before it is fitted.
  const {fromMs, toMs} = trainingTimes(preprocessor, computeFeatures(candles, observed));
  const regime = fit(returnsOf(candles.filter(({openTimeMs}) => openTimeMs >= fromMs && openTimeMs <= toMs)));
  const features = computeFeatures(candles, {...observed, regime});
  return {...preprocessor.prepare(features), preprocessor, regime, features};
}

function trainingTimes(preprocessor: DataPreprocessor, table: FeatureTable): {fromMs: number; toMs: number} {
  const {train} = preprocessor.split(table);
  const firstRow = train[0]! - preprocessor.sequenceLength + 1;
  return {
    fromMs: firstRow === 0 ? -Infinity : table.openTimesMs[firstRow]!,
    toMs: table.openTimesMs[train.at(-1)!]!,
  };
}

function fitByLikelihood(returns: Float64Array): RegimeParameters {
  return fitRegime(returns).parameters;
}
