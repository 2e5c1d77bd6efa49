import {basename} from 'node:path';
import type {Candle} from '../domain/candle.js';
import {DlTradeError} from '../domain/errors.js';
import type {CandleFindings} from '../candles/read-candles.js';
import type {TradingConfig} from '../config/trading-config.js';
import {requiredHistory} from '../features/schema.js';
import type {Model} from '../model/model-persistence.js';
import {openFeed} from './candle-feed.js';
import type {CandleFeed, FeedIdentity} from './candle-feed.js';
import {readHistory} from './read-history.js';
import {symbolInName} from './symbol-in-name.js';

/** The candles to decide on, by their open times, both included, ms; undefined: as far as the file reaches. */
export interface BacktestRange {
  readonly fromMs: number | undefined;
  readonly toMs: number | undefined;
}

/** A candle file, ready to be read: what it is of, and what the market there accepts. */
export interface BacktestFeed extends Pick<CandleFeed, 'source' | 'rules'> {
  readonly path: string;
  readonly identity: FeedIdentity & {readonly path: string; readonly sha256: string};
  readonly warnings: readonly string[];
}

/** The candles of a feed that a backtest takes in. */
export interface BacktestHistory {
  /** Those asked for, with just as many before them as it takes to be warm at the first. */
  readonly candles: readonly Candle[];
  readonly findings: CandleFindings;
}

/** Opens the files of a backtest: one timeframe, one quote currency, and each symbol once.
 *  @param symbols one for each file in order, or none: then the file's name says, else the model
 *  @throws USAGE CONFIG_INVALID, and what opening a candle file throws */
export async function openBacktestFeeds(
  model: Model,
  config: TradingConfig,
  {files, symbols, range}: {files: readonly string[]; symbols: readonly string[]; range: BacktestRange},
): Promise<readonly BacktestFeed[]> {
  if (symbols.length > 0 && symbols.length !== files.length) {
    throw new DlTradeError(
      'USAGE',
      `--symbol was given "${String(symbols.length)}" times for ${String(files.length)} candle files; give one for each, in their order, or none`,
    );
  }
  const feeds: BacktestFeed[] = [];
  for (const [i, path] of files.entries()) {
    const feed = await open(model, config, {path, given: symbols[i], range});
    requireOneKind(feeds, feed);
    feeds.push(feed);
  }
  return feeds;
}

async function open(
  model: Model,
  config: TradingConfig,
  {path, given, range}: {path: string; given: string | undefined; range: BacktestRange},
): Promise<BacktestFeed> {
  const named = given ?? symbolInName(path);
  const symbol = named ?? model.manifest.trainedOn.symbol;
  const clock = {nowMs: () => Date.now()};
  const {source, rules, identity, warnings} = await openFeed(
    {...config, candlesFile: path, symbol},
    model.manifest,
    clock,
  );
  const assumed =
    named === undefined
      ? [
          `"${basename(path)}" is taken for ${symbol}, which the model was trained on; say --symbol if it is not`,
        ]
      : [];
  const {fromMs, toMs} = range;
  return {
    ...{path, source, rules, warnings: [...warnings, ...assumed]},
    identity: {
      ...(identity as BacktestFeed['identity']),
      ...(fromMs === undefined ? {} : {fromMs}),
      ...(toMs === undefined ? {} : {toMs}),
    },
  };
}

function requireOneKind(others: readonly BacktestFeed[], feed: BacktestFeed): void {
  const [first] = others;
  if (first === undefined) return;
  const same = others.find(({source}) => source.symbol === feed.source.symbol);
  if (same !== undefined) {
    throw new DlTradeError(
      'USAGE',
      `"${same.path}" and "${feed.path}" are both taken for ${feed.source.symbol}; say what each is of with --symbol, once for each file in their order`,
      {details: {symbol: feed.source.symbol}},
    );
  }
  const refuse = (field: string, was: string, want: string): DlTradeError =>
    new DlTradeError(
      'CONFIG_INVALID',
      `${field} of "${feed.path}" was "${was}", want ${want} as of "${first.path}": their books could not be added up; backtest it on its own`,
      {details: {field, path: feed.path}},
    );
  const [timeframe, wanted] = [feed.source.timeframe.name, first.source.timeframe.name];
  if (timeframe !== wanted) throw refuse('the timeframe', timeframe, wanted);
  if (feed.rules.quote !== first.rules.quote) throw refuse('the quote', feed.rules.quote, first.rules.quote);
}

/** Reads a feed's candles into memory.
 *  @throws CANDLES_EMPTY where none lies in the range, and what reading candles throws */
export async function readBacktestHistory(
  feed: BacktestFeed,
  {
    sequenceLength,
    range,
    signal,
  }: {sequenceLength: number; range: BacktestRange; signal: AbortSignal | undefined},
): Promise<BacktestHistory> {
  const {file, history} = await readHistory(feed.path, signal);
  const {fromMs = -Infinity, toMs = Infinity} = range;
  let first = history.findIndex(({openTimeMs}) => openTimeMs >= fromMs);
  if (first < 0) first = history.length;
  const end = history.findLastIndex(({openTimeMs}) => openTimeMs <= toMs) + 1;
  if (first >= end) {
    throw new DlTradeError(
      'CANDLES_EMPTY',
      `"${feed.path}" holds no candle between --from and --to: it reaches from ${timeOf(history[0]!)} to ${timeOf(history.at(-1)!)}`,
      {details: {path: feed.path}},
    );
  }
  const start = fromMs === -Infinity ? 0 : Math.max(0, first - requiredHistory(sequenceLength) + 1);
  return {candles: history.slice(start, end), findings: file.findings!};
}

function timeOf({openTimeMs}: Candle): string {
  return new Date(openTimeMs).toISOString();
}
