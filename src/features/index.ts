/** The 86 features on their own, for notebooks and for other bots.
 *  @module dl-trade/features */
export type {Candle} from '../domain/candle.js';
export type {FeatureRow} from '../domain/feature-row.js';
export type {FeatureSchema, FeatureUnit, RegimeParameters} from '../domain/feature-schema.js';
export {DlTradeError} from '../domain/errors.js';
export {computeFeatures, type FeatureTable} from './compute-features.js';
export {FeatureStream, type FeatureOptions, type ObservedFeatureRow} from './feature-stream.js';
export {
  FEATURE_COUNT,
  FEATURE_NAMES,
  FEATURE_SCHEMA,
  FEATURE_TABLE,
  GAP_CANDLES,
  requiredHistory,
  WARM_UP_CANDLES,
  type FeatureCategory,
  type FeatureDefinition,
  type IndicatorName,
} from './schema.js';
export type {FeatureStreamSnapshot} from './snapshot.js';
export {DEFAULT_REGIME, RegimeFilter} from './regime-filter.js';
export {RecordedSentiment, type SentimentPoint, type SentimentSeries} from './sentiment.js';
export {parseSentiment, readSentimentFile} from './sentiment-file.js';
export {fitRegime, returnsOf, type RegimeFit, type RegimeFitOptions} from './regime-fit.js';
export {
  dlFeatures,
  proveFeatureLaws,
  type FeatureLaw,
  type FeaturePipeline,
  type FeatureRows,
  type LawBreach,
  type LawOptions,
  type LawReport,
} from './prove-laws.js';
export {isNyseClosed} from './nyse-calendar.js';
