/** A model, its candles, decisions, risk audit, orders and journal, as the command line is made of them.
 *  @module dl-trade */

// Candles and features
export type {Candle} from './domain/candle.js';
export type {CandleSource} from './candles/candle-source.js';
export {CandleFile, readCandles} from './candles/read-candles.js';
export type {CandleFileOptions, CandleFindings, CandleHistory} from './candles/read-candles.js';
export {sequenceCandles, CandleSequencer} from './candles/sequence-candles.js';
export type {CandleGap, SequenceOptions} from './candles/sequence-candles.js';
export {writeCandles} from './candles/write-candles.js';
export {parseTimeframe} from './domain/timeframe.js';
export type {Timeframe} from './domain/timeframe.js';
export type {Clock} from './domain/clock.js';
export {FEATURE_NAMES, FEATURE_SCHEMA} from './features/schema.js';
export {FeatureStream} from './features/feature-stream.js';

// Models
export {BiLSTMClassifier} from './model/bilstm-classifier.js';
export {TransformerClassifier} from './model/transformer-classifier.js';
export {ModelPersistence} from './session/model-persistence.js';
export {requireModel} from './session/require-model.js';
export type {Model, ModelPersistenceOptions} from './model/model-persistence.js';
export type {ClassifierOptions} from './model/classifier.js';
export type {GoldenReport} from './model/golden.js';
export type {InputScale} from './model/anchored-inputs.js';
export type {Manifest} from './model/manifest.js';
export {Predictor} from './model/predictor.js';
export {inspectCheckpoint, nativeVersions, setKernel, setThreads} from './model/native.js';
export type {
  Architecture,
  BiLSTMHyperparameters,
  CheckpointValue,
  Hyperparameters,
  InspectedTensor,
  InspectReport,
  NativeNetwork,
  NativeVersions,
  NetworkStream,
  TransformerHyperparameters,
} from './model/native-network.js';

// Training
export {DataPreprocessor} from './training/data-preprocessor.js';
export type {Datasets, PreprocessorOptions} from './training/data-preprocessor.js';
export {prepareTraining} from './training/prepare-training.js';
export type {TrainingData, TrainingDataOptions} from './training/prepare-training.js';
export {TimeSeriesDataset} from './training/time-series-dataset.js';
export type {Batch, DatasetSource} from './training/time-series-dataset.js';
export type {FeatureMatrix} from './model/predict-history.js';
export type {Split, SplitBoundaries} from './training/splits.js';
export {trainNetwork} from './training/train-network.js';
export type {TrainNetworkOptions} from './training/train-network.js';
export type {EpochRecord, TrainingProgress, TrainingResult} from './model/native-training.js';
export type {Assessment, BaselineComparison} from './training/assess.js';
export type {Interval} from './training/metrics/accuracy-interval.js';
export type {
  CalibrationBin,
  ClassificationMetrics,
  ConfusionMatrix,
} from './training/metrics/classification-metrics.js';
export type {MetricIntervals} from './training/metrics/metric-intervals.js';
export type {PairedTest} from './training/metrics/paired-test.js';

// Trading
export {Decimal} from './domain/decimal.js';
export {DeepLearningStrategy} from './engine/deep-learning-strategy.js';
export type {Standing, StrategyOptions, StrategySettings} from './engine/deep-learning-strategy.js';
export type {DecisionRecord, FlattenRecord, StepRecord, StopRecord} from './engine/step-record.js';
export type {Forecast, Prediction, Signal} from './domain/forecast.js';
export type {MarketRules} from './domain/market-rules.js';
export type {
  ApprovedOrder,
  Fill,
  HoldIntent,
  Intent,
  OrderIntent,
  OrderReport,
  OrderStatus,
  Side,
} from './domain/order.js';
export type {AccountView, PendingOrderView, PositionView} from './domain/account-view.js';
export type {AuditRecord, CheckFinding, Verdict} from './domain/verdict.js';
export type {Broker, BrokerEvent} from './execution/broker.js';
export type {AccountDifference, VenueAccount, VenueBalances, VenueOrder} from './execution/venue-account.js';
export type {UnresolvedOrder} from './execution/reconcile.js';
export type {Unresolved} from './execution/unresolved.js';
export {PaperBroker} from './execution/paper-broker.js';
export type {PaperOptions} from './execution/paper-book.js';
export type {ClosedTrade} from './ledger/closed-trade.js';
export type {PositionChange} from './ledger/position-manager.js';
export type {ExitRules} from './decision/decision-config.js';
export type {RiskLimits} from './risk/limits.js';
export {FileReplay} from './exchange/replay.js';
export type {FileReplayOptions} from './exchange/replay.js';
export {SimulatedMarket} from './exchange/simulated-market.js';
export type {SimulationOptions} from './exchange/simulate-candles.js';
export {marketRulesFor} from './exchange/market-rules.js';

// Commands, as functions
export {readTradingAccess} from './config/exchange-settings.js';
export type {TradingAccess} from './config/exchange-settings.js';
export {loadTradingConfig} from './config/trading-config.js';
export type {ExitSettings, LimitSettings, TradingConfig, TradingFlags} from './config/trading-config.js';
export type {SentimentSource} from './config/sentiment-source.js';
export {runDoctor} from './session/doctor.js';
export type {CheckResult, DoctorCheck, DoctorRequest} from './session/doctor-check.js';
export type {DoctorReport} from './session/doctor.js';
export {exportFeatures} from './session/export-features.js';
export type {FeatureExport, FeatureExportSummary} from './session/export-features.js';
export {fetchCandles} from './session/fetch-candles.js';
export type {CandleFetch, FetchGap, FetchSummary} from './session/fetch-candles.js';
export {predictAll, predictLast} from './session/predict-file.js';
export type {LastPrediction, PredictionTable, PredictRequest} from './session/predict-file.js';
export {trainModel} from './session/train-model.js';
export type {
  HeldOutForecasts,
  PreparedTraining,
  TrainedModel,
  TrainingListeners,
  TrainingRequest,
} from './session/training-request.js';
export {compareModels} from './session/compare-models.js';
export type {Comparison, ComparisonRequest} from './session/compare-models.js';
export type {ComparedModel} from './session/measure-model.js';
export type {Latency} from './session/measure-latency.js';
export type {TradedForecasts} from './backtest/trade-forecasts.js';
export {walkForward} from './session/walk-forward.js';
export type {FoldSummary, WalkForwardRequest, WalkForwardResult} from './session/walk-forward.js';
export type {FoldNews} from './session/walk-forward-fold.js';
export type {WalkForwardScheme} from './training/plan-folds.js';
export {importModel} from './session/import-model.js';
export type {ImportedModel, ImportRequest} from './session/import-model.js';
export {AlternativeMe} from './session/alternative-me.js';
export type {AlternativeMeOptions} from './session/alternative-me.js';
export {proveFile} from './session/prove-file.js';
export type {LawProof, LawProofReport} from './session/prove-file.js';
export {runSession} from './session/run-session.js';
export type {RunHeader, RunListeners, RunResult} from './session/run.js';
export type {OpenOrder} from './session/open-order.js';
export type {RunSummary} from './report/run-summary.js';
export {replayRun} from './session/replay-run.js';
export type {ReplayReport, ReplayRequest} from './session/replay-run.js';
export type {ReplayDifference} from './engine/replay-script.js';
export type {BodyDifference} from './store/body-differences.js';
export type {EntryKind} from './store/journal-entry.js';
export {statusIn, statusOf, statusOfAll} from './session/run-status.js';
export type {NoRunStatus, RunStatus, UnreadableStatus} from './session/run-status.js';
export type {RunIdentity} from './session/run-identity.js';
export type {LastDecision} from './session/recorded-run.js';
export {backtestFiles} from './session/backtest-files.js';
export type {BacktestRequest} from './session/backtest-files.js';
export {proveBacktest} from './session/prove-backtest.js';
export type {BacktestProof, BacktestProofRequest, LookAhead, SymbolProof} from './session/prove-backtest.js';
export {backtestReport} from './report/backtest-report.js';
export type {
  BacktestReport,
  BacktestTrade,
  CurvePerformance,
  SymbolReport,
  TradeStatistics,
} from './report/backtest-report.js';
export {backtestPage} from './report/page/backtest-page.js';
export {tradesCsv} from './report/trades-csv.js';
export {reportOf} from './session/run-report.js';
export type {ReportedTrade, RunReport} from './session/run-report.js';
export type {Performance} from './report/performance.js';
export {haltRuns, resumeRuns} from './session/halt-runs.js';
export type {HaltRequest, SwitchRequest, SwitchResult} from './session/halt-runs.js';
export {KillSwitch} from './session/kill-switch.js';
export type {HaltOrder, HaltSource} from './domain/halt-order.js';

// Exchanges
export {CcxtConnection} from './exchange/ccxt-connection.js';
export type {ConnectionOptions, ExchangeCredentials} from './exchange/ccxt-connection.js';
export {CcxtBroker} from './exchange/ccxt-broker.js';
export type {CcxtBrokerOptions} from './exchange/ccxt-broker.js';
export {checkTradingAccess} from './session/doctor-exchange.js';
export {CcxtCandles} from './exchange/ccxt-candles.js';
export type {CandlePage, CandleRange} from './exchange/ccxt-candles.js';

// Errors
export {DlTradeError, ERROR_CODES} from './domain/errors.js';
export type {DlTradeErrorOptions, ErrorCode} from './domain/errors.js';
export {ExchangeError} from './domain/exchange-error.js';
export type {ExchangeErrorOptions, ExchangeOutcome} from './domain/exchange-error.js';
