import {createHash} from 'node:crypto';
import {Decimal} from '../domain/decimal.js';
import type {Clock} from '../domain/clock.js';
import type {TradingConfig} from '../config/trading-config.js';
import {DeepLearningStrategy} from '../engine/deep-learning-strategy.js';
import {paperRecords} from '../engine/recall.js';
import type {StepRecord} from '../engine/step-record.js';
import {PaperBroker} from '../execution/paper-broker.js';
import {FEATURE_SCHEMA} from '../features/schema.js';
import {nativeVersions} from '../model/native.js';
import type {Model} from '../model/model-persistence.js';
import {summariseRun} from '../report/run-summary.js';
import type {RunSummary} from '../report/run-summary.js';
import {canonicalJson} from '../store/journal-entry.js';
import {openFeed} from './candle-feed.js';
import type {CandleFeed} from './candle-feed.js';
import {openSentiment, unusedSentiment} from './open-sentiment.js';
import type {OpenSentiment} from './open-sentiment.js';
import {Pace} from './pace.js';
import {requireModel} from './require-model.js';
import {openState} from './state-directory.js';
import type {OpenState} from './state-directory.js';

/** What a run is, for its header and its summary. */
export interface RunHeader {
  readonly model: string;
  /** The source in words. */
  readonly label: string;
  readonly simulated: boolean;
  readonly symbol: string;
  readonly timeframe: string;
  readonly threshold: number;
  readonly startingCashQuote: string;
  readonly stateDirectory: string;
  /** True where an unfinished run goes on. */
  readonly resumes: boolean;
}

export interface RunResult extends RunHeader {
  /** False where a signal stopped it before its source or its limit ended it. */
  readonly finished: boolean;
  readonly summary: RunSummary;
  /** Wall clock and candles of this process alone. */
  readonly seconds: number;
  readonly candlesThisTime: number;
}

/** Who is told what, as it happens. */
export interface RunListeners {
  readonly signal: AbortSignal;
  onBegin(header: RunHeader): void;
  onRecord(record: StepRecord, header: RunHeader): void;
  /** A warning for people. */
  onNote(text: string): void;
}

const WALL_CLOCK: Clock = {nowMs: () => Date.now()};

/** Runs a strategy on paper over a source of candles, from where its journal left off to the source's end, the candle limit or
 *  an abort. Every exit leaves the journal whole; an aborted or killed run goes on at the next call.
 *  @throws any code of configuration, data, model and journal */
export async function runSession(config: TradingConfig, listeners: RunListeners): Promise<RunResult> {
  const model = await requireModel(config.model, config.modelsDirectory);
  try {
    const feed = await openFeed(config, model.manifest, WALL_CLOCK);
    const {signal} = listeners;
    const onNote = (text: string): void => {
      listeners.onNote(text);
    };
    for (const warning of [...feed.warnings, ...unusedSentiment(config.sentiment, model)]) onNote(warning);
    const sentiment = await openSentiment(config.sentiment, {clock: WALL_CLOCK, signal, onNote});
    try {
      return await runOn(config, {model, feed, sentiment}, listeners);
    } finally {
      sentiment.close();
    }
  } finally {
    model.network.dispose();
  }
}

interface RunInputs {
  readonly model: Model;
  readonly feed: CandleFeed;
  readonly sentiment: OpenSentiment;
}

async function runOn(config: TradingConfig, inputs: RunInputs, listeners: RunListeners): Promise<RunResult> {
  const {model, feed} = inputs;
  const identity = canonicalJson(identityOf(config, inputs));
  const state = openState(
    {
      ...{named: config.stateDirectory, provider: feed.identity.source, model: model.name, identity},
      ...{symbol: feed.source.symbol, timeframe: feed.source.timeframe.name, pid: process.pid},
      // A simulation or a replay can be made again: it need not wait for the disk at every order.
      durability: 'process',
    },
    WALL_CLOCK,
  );
  try {
    return await new Run({config, ...inputs, state, identity, listeners}).toTheEnd();
  } finally {
    state.journal.close();
    state.lock.release();
  }
}

/** All that decisions depend on: a journal goes on only under the same. */
function identityOf(config: TradingConfig, {model, feed, sentiment}: RunInputs): Record<string, unknown> {
  const {libtorch, isa, threads} = nativeVersions();
  return {
    strategy: `dl-trade-${model.name}`,
    model: model.name,
    weights: model.manifest.weightsSha256,
    manifest: createHash('sha256').update(canonicalJson(model.manifest)).digest('hex'),
    schema: FEATURE_SCHEMA.hash,
    kernel: {libtorch, isa, threads},
    feed: feed.identity,
    sentiment: sentiment.identity,
    symbol: feed.source.symbol,
    timeframe: feed.source.timeframe.name,
    threshold: config.decisionThreshold ?? model.manifest.decisionThreshold,
    maxPositionSizeQuote: config.maxPositionSizeQuote,
    maxDailyDrawdown: config.maxDailyDrawdown,
    maxOpenPositions: config.maxOpenPositions,
    startingCashQuote: config.startingCashQuote,
    feeBps: config.feeBps,
    slippageBps: config.slippageBps,
  };
}

interface RunParts extends RunInputs {
  readonly config: TradingConfig;
  readonly state: OpenState;
  readonly identity: string;
  readonly listeners: RunListeners;
}

class Run {
  readonly #parts: RunParts;
  readonly #strategy: DeepLearningStrategy;
  readonly #header: RunHeader;

  constructor(parts: RunParts) {
    const {config, model, feed, sentiment, state} = parts;
    const {source, rules} = feed;
    const costs = {feeBps: config.feeBps, slippageBps: config.slippageBps};
    const startingCashQuote = new Decimal(config.startingCashQuote);
    this.#parts = parts;
    this.#strategy = new DeepLearningStrategy({
      ...{
        strategyId: `dl-trade-${model.name}`,
        model,
        rules,
        timeframe: source.timeframe,
        journal: state.journal,
      },
      ...{startingCashQuote, maxNotionalQuote: new Decimal(config.maxPositionSizeQuote), ...costs},
      ...sentiment.option,
      limits: {maxDailyDrawdown: config.maxDailyDrawdown, maxOpenPositions: config.maxOpenPositions},
      broker: PaperBroker.restore(
        {rules, timeframeMs: source.timeframe.ms, startingQuote: startingCashQuote, ...costs},
        paperRecords(state.journal.entries('order', 'fill', 'report')),
      ),
      ...(config.decisionThreshold === undefined ? {} : {threshold: config.decisionThreshold}),
    });
    this.#header = {
      ...{model: model.name, label: source.label, simulated: source.simulated, symbol: source.symbol},
      timeframe: source.timeframe.name,
      threshold: this.#strategy.threshold,
      startingCashQuote: startingCashQuote.toFixed(),
      stateDirectory: state.directory,
      resumes: state.resumes,
    };
  }

  async toTheEnd(): Promise<RunResult> {
    const {state, identity, feed, listeners} = this.#parts;
    listeners.onBegin(this.#header);
    if (!state.resumes)
      state.journal.append([{kind: 'session', candleMs: null, body: JSON.parse(identity)}], {durable: true});
    const recalled = this.#strategy.recall(state.journal.entries());
    const {news, unresolved} = await this.#strategy.reconcile();
    for (const record of news) listeners.onRecord(record, this.#header);
    for (const {clientOrderId, reason} of unresolved) {
      listeners.onNote(
        `order ${clientOrderId} is unresolved (${reason}): nothing is opened until the broker answers`,
      );
    }

    const started = performance.now();
    const {finished, candles} = await this.#trade(
      recalled.lastCandle?.openTimeMs ?? -Infinity,
      recalled.decisions,
    );
    if (finished) state.journal.append([{kind: 'end', candleMs: null, body: {}}], {durable: true});
    for (const warning of feed.closingWarnings()) listeners.onNote(warning);
    return {
      ...this.#header,
      finished,
      summary: summariseRun(state.journal.entries()),
      seconds: (performance.now() - started) / 1000,
      candlesThisTime: candles,
    };
  }

  /** Feeds the candles that the journal does not hold yet. */
  async #trade(afterMs: number, decidedBefore: number): Promise<{finished: boolean; candles: number}> {
    const {config, feed, listeners} = this.#parts;
    const {signal} = listeners;
    const pace = new Pace(feed.source, config.speed);
    let decided = decidedBefore;
    let candles = 0;
    try {
      for await (const candle of feed.source.candles(signal)) {
        if (candle.openTimeMs <= afterMs) continue;
        if (config.maxCandles !== undefined && decided >= config.maxCandles) break;
        const records = await this.#strategy.onCandle(candle);
        candles += 1;
        for (const record of records) listeners.onRecord(record, this.#header);
        if (!records.some(({kind}) => kind === 'decided')) continue;
        decided += 1;
        await pace.next(signal);
      }
    } catch (error) {
      if (signal.aborted && error === signal.reason) return {finished: false, candles};
      throw error;
    }
    return {finished: !signal.aborted, candles};
  }
}
