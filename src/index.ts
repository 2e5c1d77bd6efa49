// Candles and features
export type {Candle} from './domain/candle.js';
export type {CandleSource} from './candles/candle-source.js';
export {CandleFile, readCandles} from './candles/read-candles.js';
export type {CandleFileOptions, CandleFindings, CandleHistory} from './candles/read-candles.js';
export {sequenceCandles, CandleSequencer} from './candles/sequence-candles.js';
export {writeCandles} from './candles/write-candles.js';
export {parseTimeframe} from './domain/timeframe.js';
export type {Timeframe} from './domain/timeframe.js';
export {FEATURE_NAMES, FEATURE_SCHEMA} from './features/schema.js';
export {FeatureStream} from './features/feature-stream.js';

// Models
export {BiLSTMClassifier} from './model/bilstm-classifier.js';
export {TransformerClassifier} from './model/transformer-classifier.js';
export {ModelPersistence} from './session/model-persistence.js';
export type {Model} from './model/model-persistence.js';
export type {Manifest} from './model/manifest.js';
export {Predictor} from './model/predictor.js';
export {inspectCheckpoint, nativeVersions, setThreads} from './model/native.js';
export type {
  Architecture,
  BiLSTMHyperparameters,
  Hyperparameters,
  InspectReport,
  NativeNetwork,
  TransformerHyperparameters,
} from './model/native.js';

// Training data
export {DataPreprocessor} from './training/data-preprocessor.js';
export {prepareTraining} from './training/prepare-training.js';
export {TimeSeriesDataset} from './training/time-series-dataset.js';

// Trading
export {Decimal} from './domain/decimal.js';
export {DeepLearningStrategy} from './engine/deep-learning-strategy.js';
export type {StrategyOptions} from './engine/deep-learning-strategy.js';
export type {DecisionRecord, StepRecord} from './engine/step-record.js';
export type {Forecast, Prediction, Signal} from './domain/forecast.js';
export type {MarketRules} from './domain/market-rules.js';
export type {ApprovedOrder, Fill, Intent, OrderIntent, OrderReport} from './domain/order.js';
export type {AccountView, PositionView} from './domain/account-view.js';
export type {AuditRecord, CheckFinding, Verdict} from './domain/verdict.js';
export type {Broker, BrokerEvent} from './execution/broker.js';
export {PaperBroker} from './execution/paper-broker.js';
export {FileReplay} from './exchange/replay.js';
export {SimulatedMarket} from './exchange/simulated-market.js';
export {marketRulesFor} from './exchange/market-rules.js';

// Commands, as functions
export {loadTradingConfig} from './config/trading-config.js';
export type {TradingConfig, TradingFlags} from './config/trading-config.js';
export {runDoctor} from './session/doctor.js';
export type {CheckResult, DoctorReport} from './session/doctor.js';
export {exportFeatures} from './session/export-features.js';
export {predictAll, predictLast} from './session/predict-file.js';
export {AlternativeMe} from './session/alternative-me.js';
export {proveFile} from './session/prove-file.js';
export type {LawProofReport} from './session/prove-file.js';
export {runSession} from './session/run-session.js';
export type {RunHeader, RunListeners, RunResult} from './session/run-session.js';
export type {RunSummary} from './report/run-summary.js';

// Errors
export {DlTradeError, ERROR_CODES} from './domain/errors.js';
export type {ErrorCode} from './domain/errors.js';
