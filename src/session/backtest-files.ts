import type {TradingConfig} from '../config/trading-config.js';
import {DlTradeError} from '../domain/errors.js';
import {requiredHistory} from '../features/schema.js';
import {nativeVersions} from '../model/native.js';
import {accountReport} from '../report/account-report.js';
import type {BacktestReport, SymbolReport} from '../report/backtest-report.js';
import {portfolioHistory} from '../report/portfolio-history.js';
import {openBacktestFeeds} from './backtest-feed.js';
import type {BacktestFeed, BacktestRange} from './backtest-feed.js';
import {journalDirectory} from './backtest-journal.js';
import {backtestSymbol, openSubject} from './backtest-symbol.js';
import type {BacktestGround, SymbolOutcome} from './backtest-symbol.js';
import {backtestWarnings} from './backtest-warnings.js';
import {interruptible} from './interruption.js';
import {missingSentiment, openSentiment, unusedSentiment} from './open-sentiment.js';
import {positionSizeNotes} from './position-size-notes.js';
import {requireModel} from './require-model.js';
import {requireOtherFile} from './require-other-file.js';
import {fingerprintOf} from './run-identity.js';
import type {RunIdentity} from './run-identity.js';
import {sharpeInterval} from './sharpe-interval.js';

/** What is traded in a backtest, over which candles. */
export interface BacktestRequest {
  /** As a run has it; its candle file, symbol and state directory are not asked. */
  readonly config: TradingConfig;
  /** A file a symbol. */
  readonly candlesFiles: readonly string[];
  /** One for each file, or none. */
  readonly symbols?: readonly string[] | undefined;
  /** Open time of the first candle to decide on, ms; those before it only warm up. */
  readonly fromMs?: number | undefined;
  /** Open time of the last candle, ms. */
  readonly toMs?: number | undefined;
  /** Where the journal of every symbol goes; by default nothing is kept. */
  readonly stateDirectory?: string | undefined;
  /** Files that are to be written afterwards, by the flags that name them: none of the candle files may be one of them. */
  readonly outputs?: Readonly<Record<string, string | undefined>> | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told how far it is. */
  readonly onProgress?: BacktestGround['onProgress'] | undefined;
}

/** Trades a model over files of candles through the engine, the risk audit and the ledger of paper and live runs; only clock, source
 *  and broker are others. Each symbol has books of its own. The same input gives the same report, byte for byte.
 *  @throws USAGE CONFIG_INVALID CANDLES_EMPTY CANDLES_TOO_FEW where nothing could be decided, STATE_MISMATCH INTERRUPTED, and what loading models and reading candles throws */
export async function backtestFiles(request: BacktestRequest): Promise<BacktestReport> {
  try {
    return await backtest(request);
  } catch (error) {
    const {stateDirectory} = request;
    if (stateDirectory === undefined || !(error instanceof DlTradeError) || error.code !== 'INTERRUPTED')
      throw error;
    throw new DlTradeError(
      'INTERRUPTED',
      `stopped by a signal; the journal in "${stateDirectory}" holds what was decided so far, name a fresh --state-dir to begin again`,
      {cause: error},
    );
  }
}

async function backtest(request: BacktestRequest): Promise<BacktestReport> {
  return withGround(request, async (ground, feeds) => {
    const outcomes: SymbolOutcome[] = [];
    const warnings: string[] = [];
    let identity: RunIdentity | undefined;
    for (const feed of feeds) {
      const subject = await openSubject(feed, ground);
      identity ??= subject.identity;
      const {stateDirectory} = request;
      const outcome = await backtestSymbol(
        subject,
        ground,
        stateDirectory === undefined
          ? undefined
          : journalDirectory(stateDirectory, feed.source.symbol, feeds.length),
      );
      outcomes.push(outcome);
      const missing =
        outcome.sentimentRows === undefined
          ? []
          : missingSentiment(ground.config.sentiment, outcome.sentimentRows);
      const found = [...new Set([...feed.warnings, ...subject.findings.warnings])];
      const sizes = positionSizeNotes(ground.config, feed.rules);
      warnings.push(...found, ...[...missing, ...sizes].map((text) => about(feed, feeds, text)));
    }
    const head = headOf(ground, identity!, request);
    const reports = outcomes.map(({report}) => report);
    if (reports.every(({period}) => period.decisions === 0)) throw nothingDecided(request, ground);
    for (const [i, report] of reports.entries()) {
      const said = backtestWarnings(report, head.model, head.settings);
      warnings.push(...said.map((text) => about(feeds[i]!, feeds, text)));
    }
    return {
      ...head,
      symbols: reports as [SymbolReport, ...SymbolReport[]],
      portfolio: portfolioOf(outcomes, ground, feeds[0]!),
      warnings: [...unusedSentiment(ground.config.sentiment, ground.model), ...warnings],
    };
  });
}

/** Opens what a backtest works on, and lets it go afterwards. */
export async function withGround<T>(
  request: BacktestRequest,
  work: (ground: BacktestGround, feeds: readonly BacktestFeed[]) => Promise<T>,
): Promise<T> {
  const {config, candlesFiles: files, symbols = [], fromMs, toMs, signal} = request;
  if (files.length === 0)
    throw new DlTradeError('USAGE', 'no candle file was given; name one with --candles');
  const range: BacktestRange = {fromMs, toMs};
  if (fromMs !== undefined && toMs !== undefined && fromMs > toMs) {
    throw new DlTradeError('USAGE', `--from was "${isoOf(fromMs)}", which lies behind --to "${isoOf(toMs)}"`);
  }
  for (const [flag, output] of Object.entries(request.outputs ?? {})) {
    if (output !== undefined) for (const file of files) await requireOtherFile(file, output, flag);
  }
  const model = await requireModel(config.model, config.modelsDirectory);
  try {
    const feeds = await openBacktestFeeds(model, config, {files, symbols, range});
    const sentiment = await openSentiment(config.sentiment, {
      clock: {nowMs: () => Date.now()},
      signal,
      onNote: () => undefined,
    });
    try {
      const {onProgress = () => undefined} = request;
      return await interruptible(signal, () =>
        work({model, config, sentiment, range, signal, onProgress}, feeds),
      );
    } finally {
      sentiment.close();
    }
  } finally {
    model.network.dispose();
  }
}

/** An empty result would pass for one. */
function nothingDecided({candlesFiles}: BacktestRequest, {model}: BacktestGround): DlTradeError {
  const wanted = requiredHistory(model.manifest.sequenceLength);
  return new DlTradeError(
    'CANDLES_TOO_FEW',
    `nothing could be decided on ${candlesFiles.map((file) => `"${file}"`).join(', ')}: a decision needs ${wanted} candles up to its own without a gap`
      + ' that begins the warm-up anew; give a longer history',
    {details: {wanted}},
  );
}

/** With several symbols a sentence says which one it is about. */
function about({source}: BacktestFeed, feeds: readonly BacktestFeed[], text: string): string {
  return feeds.length === 1 ? text : `${source.symbol}: ${text}`;
}

function portfolioOf(
  outcomes: readonly SymbolOutcome[],
  {config, model}: BacktestGround,
  {source}: BacktestFeed,
): BacktestReport['portfolio'] {
  if (outcomes.length === 1) return null;
  const {ms: timeframeMs} = source.timeframe;
  const {horizon} = model.manifest;
  return accountReport(portfolioHistory(outcomes.map(({account}) => account)), {
    timeframeMs,
    bounds: (trades) => (returns) =>
      sharpeInterval(returns, {timeframeMs, seed: config.seed, horizon, trades}),
  });
}

function headOf(
  {model, config}: BacktestGround,
  identity: RunIdentity,
  {stateDirectory, fromMs, toMs}: BacktestRequest,
): Omit<BacktestReport, 'symbols' | 'portfolio' | 'warnings'> {
  const {manifest} = model;
  const {weights, manifest: manifestSha256} = fingerprintOf(model);
  const {symbol, timeframe, source, from, to, rows, heldOutFrom} = manifest.trainedOn;
  const {summary, limitations, notes} = manifest.card;
  const {addon, libtorch, isa, threads} = nativeVersions();
  return {
    format: 1,
    dlTrade: addon,
    model: {
      ...{name: model.name, architecture: manifest.architecture},
      ...{weightsSha256: weights, manifestSha256, featureSchema: {...manifest.schema}},
      ...{sequenceLength: manifest.sequenceLength, horizon: manifest.horizon},
      decisionThreshold: manifest.decisionThreshold,
      trainedOn: {symbol, timeframe, source, from, to, rows, heldOutFrom},
      card: {summary, limitations: [...limitations], notes: notes ?? null},
    },
    kernel: {
      ...{name: model.network.kernel, libtorch, isa, threads},
      forecasts: stateDirectory === undefined ? 'batched' : 'streamed',
    },
    settings: {
      timeframe: identity.timeframe,
      ...{from: fromMs ?? null, to: toMs ?? null},
      ...{threshold: identity.threshold, feeBps: identity.feeBps, slippageBps: identity.slippageBps},
      startingCashQuote: identity.startingCashQuote,
      maxPositionSizeQuote: identity.maxPositionSizeQuote,
      limits: {...identity.limits},
      exits: exitsOf(identity),
      sentiment: config.sentiment.kind,
      seed: config.seed,
    },
    quote: identity.rules!.quote,
  };
}

function exitsOf({exits}: RunIdentity): Record<string, number | boolean> {
  return Object.fromEntries(
    Object.entries(exits).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}
