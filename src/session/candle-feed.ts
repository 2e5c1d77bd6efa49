import {basename, resolve} from 'node:path';
import type {CandleSource} from '../candles/candle-source.js';
import type {TradingConfig} from '../config/trading-config.js';
import type {Clock} from '../domain/clock.js';
import type {MarketRules} from '../domain/market-rules.js';
import {parseTimeframe} from '../domain/timeframe.js';
import {FileReplay} from '../exchange/replay.js';
import {SimulatedMarket} from '../exchange/simulated-market.js';
import {sha256OfFile} from '../files/hash-file.js';
import {requiredHistory} from '../features/schema.js';
import type {Manifest} from '../model/manifest.js';
import {symbolInName} from './symbol-in-name.js';

/** Where a run's candles come from, and what the market there accepts. */
export interface CandleFeed {
  readonly source: CandleSource;
  readonly rules: MarketRules;
  /** Says which candles these are, for telling whether an unfinished run may go on with them. */
  readonly identity: FeedIdentity;
  /** What a user should hear before the first candle. */
  readonly warnings: readonly string[];
  /** The same behind the last one. */
  closingWarnings(): readonly string[];
}

/** A simulation is told by its seed, a replay by its file, a market by where it is. */
export type FeedIdentity =
  | {readonly source: 'sim'; readonly seed: number}
  | {readonly source: string; readonly network: 'main' | 'test'}
  | {readonly source: 'replay'; readonly path: string; readonly sha256: string};

/** Opens the source that the configuration asks for. The symbol of a file defaults to what its name says; symbol and timeframe
 *  default to what the model was trained on.
 *  @throws FILE_UNREADABLE CANDLES_EMPTY CANDLES_INVALID SYMBOL_UNKNOWN CONFIG_INVALID */
export async function openFeed(config: TradingConfig, manifest: Manifest, clock: Clock): Promise<CandleFeed> {
  const {trainedOn} = manifest;
  const wanted = parseTimeframe(config.timeframe ?? trainedOn.timeframe);
  const {candlesFile: path} = config;
  if (path === undefined) {
    return simulated(config.symbol ?? trainedOn.symbol, wanted.name, manifest, config.seed);
  }
  const named = config.symbol === undefined ? symbolInName(path) : undefined;
  const feed = await replay(path, config.symbol ?? named ?? trainedOn.symbol, wanted.name, clock);
  if (named === undefined || named === trainedOn.symbol) return feed;
  const taken = `"${basename(path)}" is taken for ${named} by its name; say --symbol if it is of something else`;
  return {...feed, warnings: [...feed.warnings, taken]};
}

function simulated(symbol: string, timeframe: string, manifest: Manifest, seed: number): CandleFeed {
  const source = new SimulatedMarket({
    ...{symbol, timeframe: parseTimeframe(timeframe), seed},
    // The first candle behind the prefill is the first that can be decided.
    prefill: requiredHistory(manifest.sequenceLength) - 1,
  });
  return {
    source,
    rules: source.rules,
    identity: {source: 'sim', seed},
    warnings: [],
    closingWarnings: () => [],
  };
}

async function replay(path: string, symbol: string, timeframe: string, clock: Clock): Promise<CandleFeed> {
  const source = await FileReplay.open(path, {symbol, clock, timeframe: parseTimeframe(timeframe)});
  return {
    source,
    rules: source.rules,
    // The same path may hold other candles by the time that a run goes on.
    identity: {source: 'replay', path: resolve(path), sha256: await sha256OfFile(path)},
    warnings: source.warnings,
    closingWarnings: () =>
      (source.findings?.warnings ?? []).filter((warning) => !source.warnings.includes(warning)),
  };
}
