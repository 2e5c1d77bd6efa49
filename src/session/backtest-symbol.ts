import {setImmediate} from 'node:timers/promises';
import {forecastCandles} from '../backtest/forecast-candles.js';
import {GivenForecasts} from '../backtest/given-forecasts.js';
import {tradeCandles} from '../backtest/trade-candles.js';
import type {TradingRecord} from '../backtest/trading-record.js';
import type {TradingConfig} from '../config/trading-config.js';
import type {AccountView} from '../domain/account-view.js';
import {Decimal} from '../domain/decimal.js';
import type {DeepLearningStrategy} from '../engine/deep-learning-strategy.js';
import type {StrategyOptions} from '../engine/deep-learning-strategy.js';
import {PaperBroker} from '../execution/paper-broker.js';
import type {Model} from '../model/model-persistence.js';
import type {ForecastBatch} from '../model/predict-history.js';
import type {AccountHistory} from '../report/account-report.js';
import type {SymbolReport} from '../report/backtest-report.js';
import {readBacktestHistory} from './backtest-feed.js';
import type {BacktestFeed, BacktestHistory, BacktestRange} from './backtest-feed.js';
import type {BacktestJournal} from './backtest-journal.js';
import {beginBacktestJournal} from './backtest-journal.js';
import {createStrategy, paperOptions} from './create-strategy.js';
import {requireGoingOn} from './interruption.js';
import type {OpenSentiment} from './open-sentiment.js';
import {identityOf} from './run-identity.js';
import type {RunIdentity} from './run-identity.js';
import {symbolReport} from './symbol-report.js';

/** What is the same for every symbol of a backtest. */
export interface BacktestGround {
  readonly model: Model;
  readonly config: TradingConfig;
  readonly sentiment: OpenSentiment;
  readonly range: BacktestRange;
  readonly signal: AbortSignal | undefined;
  /** Told how many of how many candles are done with, and with what. */
  readonly onProgress: (stage: string, done: number, total: number) => void;
}

/** One symbol's candles, and what its strategy is made from. */
export interface BacktestSubject extends BacktestHistory {
  readonly feed: BacktestFeed;
  readonly identity: RunIdentity;
}

/** What came of one symbol. */
export interface SymbolOutcome {
  readonly report: SymbolReport;
  /** For adding several up. */
  readonly account: AccountHistory;
  /** Rows without the sentiment that was asked for. */
  readonly sentimentRows: {readonly rows: number; readonly observed: number} | undefined;
}

/** Candles between two looks at signals: forecasting one at a time is slow, trading on given forecasts is not. */
const STRIDE = {streamed: 16, batched: 8192} as const;

/** Reads a feed's candles and says what its strategy is made from.
 *  @throws as `readBacktestHistory` */
export async function openSubject(feed: BacktestFeed, ground: BacktestGround): Promise<BacktestSubject> {
  const {model, config, sentiment, range, signal} = ground;
  const {sequenceLength} = model.manifest;
  const identity = identityOf(
    config,
    {model, sentiment, feed: {...feed, closingWarnings: () => []}},
    'paper',
  );
  return {feed, identity, ...(await readBacktestHistory(feed, {sequenceLength, range, signal}))};
}

/** Trades one symbol over its history. Without a journal all forecasts are computed at once, in batches; with one, a candle at a time as a
 *  run does, because batches round otherwise and the journal must come out again, byte for byte.
 *  @param stateDirectory where the journal goes; undefined: nowhere
 *  @throws INTERRUPTED NATIVE_FAILED CANDLES_INVALID, and what opening a journal throws */
export async function backtestSymbol(
  subject: BacktestSubject,
  ground: BacktestGround,
  stateDirectory: string | undefined,
): Promise<SymbolOutcome> {
  if (stateDirectory === undefined) {
    const {forecasts, ...sentimentRows} = await forecastSubject(subject, ground);
    const traded = await tradeForecasts(subject, ground, {forecasts});
    return {...symbolReport(subject, ground, traded), sentimentRows};
  }
  const journal = beginBacktestJournal(stateDirectory, subject.identity);
  try {
    const traded = await tradeStreamed(subject, ground, journal);
    journal.end();
    return {...symbolReport(subject, ground, traded), sentimentRows: undefined};
  } finally {
    journal.close();
  }
}

/** All forecasts of a subject, in one pass. */
export async function forecastSubject(
  {candles, feed}: Pick<BacktestSubject, 'candles' | 'feed'>,
  {model, sentiment, signal, onProgress}: BacktestGround,
): ReturnType<typeof forecastCandles> {
  return forecastCandles(model, candles, {
    observed: sentiment.option,
    checkpoint: () => {
      requireGoingOn(signal);
    },
    onProgress: (done) => {
      onProgress(`forecast ${feed.source.symbol}`, done, candles.length);
    },
  });
}

/** What a strategy did, and the account that it ended with. */
export interface Traded {
  readonly record: TradingRecord;
  readonly account: AccountView;
}

/** Trades a subject on forecasts that are there already.
 *  @param journal told every line that a run would write; by default nobody is */
export async function tradeForecasts(
  subject: Pick<BacktestSubject, 'candles' | 'feed' | 'identity'>,
  ground: BacktestGround,
  {forecasts, journal}: {forecasts: ForecastBatch; journal?: NonNullable<StrategyOptions['journal']>},
): Promise<Traded> {
  const given = new GivenForecasts(forecasts, ground.model.name);
  const strategy = createStrategy(subject.identity, {
    ...surroundings(subject, ground),
    ...(journal === undefined ? {} : {journal}),
    forecaster: {features: given, predictor: given},
  });
  return trade(strategy, subject, {...ground, stride: STRIDE.batched});
}

function tradeStreamed(
  subject: BacktestSubject,
  ground: BacktestGround,
  {journal}: BacktestJournal,
): Promise<Traded> {
  const strategy = createStrategy(subject.identity, {
    ...surroundings(subject, ground),
    ...ground.sentiment.option,
    journal,
  });
  return trade(strategy, subject, {...ground, stride: STRIDE.streamed});
}

function surroundings(
  {identity, feed: {rules}}: Pick<BacktestSubject, 'identity' | 'feed'>,
  {model}: BacktestGround,
): Pick<StrategyOptions, 'model' | 'rules' | 'broker'> {
  return {model, rules, broker: new PaperBroker(paperOptions(identity, rules))};
}

async function trade(
  strategy: DeepLearningStrategy,
  {candles, feed, identity}: Pick<BacktestSubject, 'candles' | 'feed' | 'identity'>,
  {signal, onProgress, stride}: BacktestGround & {readonly stride: number},
): Promise<Traded> {
  const record = await tradeCandles(strategy, candles, {
    startingCashQuote: new Decimal(identity.startingCashQuote),
    stride,
    pause: async (done) => {
      await setImmediate();
      requireGoingOn(signal);
      onProgress(`trade ${feed.source.symbol}`, done, candles.length);
    },
  });
  requireGoingOn(signal);
  return {record, account: strategy.ledger.view()};
}
