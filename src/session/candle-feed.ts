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

/** A file does not say what its candles are of, but its name often does. */
function otherSymbol(path: string, symbol: string): string[] {
  const [, base] = /([A-Z0-9]{2,10})[-_/]?USD[TC]?(?![A-Z0-9])/i.exec(basename(path)) ?? [];
  const wanted = symbol.split('/')[0];
  if (base === undefined || base.toUpperCase() === wanted) return [];
  return [
    `"${basename(path)}" is taken for ${symbol}, which the model was trained on; say --symbol ${base.toUpperCase()}/USDT if it is that`,
  ];
}

/** Opens the source that the configuration asks for; symbol and timeframe default to what the model was trained on.
 *  @throws FILE_UNREADABLE CANDLES_EMPTY CANDLES_INVALID SYMBOL_UNKNOWN CONFIG_INVALID */
export async function openFeed(config: TradingConfig, manifest: Manifest, clock: Clock): Promise<CandleFeed> {
  const symbol = config.symbol ?? manifest.trainedOn.symbol;
  const wanted = parseTimeframe(config.timeframe ?? manifest.trainedOn.timeframe);
  return config.candlesFile === undefined
    ? simulated(symbol, wanted.name, manifest, config.seed)
    : replay(config.candlesFile, {symbol, isAssumed: config.symbol === undefined}, wanted.name, clock);
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

async function replay(
  path: string,
  {symbol, isAssumed}: {symbol: string; isAssumed: boolean},
  timeframe: string,
  clock: Clock,
): Promise<CandleFeed> {
  const source = await FileReplay.open(path, {symbol, clock, timeframe: parseTimeframe(timeframe)});
  return {
    source,
    rules: source.rules,
    // The same path may hold other candles by the time that a run goes on.
    identity: {source: 'replay', path: resolve(path), sha256: await sha256OfFile(path)},
    warnings: [...source.warnings, ...(isAssumed ? otherSymbol(path, symbol) : [])],
    closingWarnings: () =>
      (source.findings?.warnings ?? []).filter((warning) => !source.warnings.includes(warning)),
  };
}
