import {basename} from 'node:path';
import type {CandleSource} from '../candles/candle-source.js';
import {CandleFile} from '../candles/read-candles.js';
import type {CandleFileOptions, CandleFindings} from '../candles/read-candles.js';
import type {Candle} from '../domain/candle.js';
import type {MarketRules} from '../domain/market-rules.js';
import type {Timeframe} from '../domain/timeframe.js';
import {marketRulesFor} from './market-rules.js';
import {yieldToEvents} from './yield-to-events.js';

export interface FileReplayOptions extends CandleFileOptions {
  /** What the file's candles are of: a file does not say. */
  readonly symbol: string;
}

/** A file of candles as a source, streamed: its size does not matter. */
export class FileReplay implements CandleSource {
  readonly label: string;
  readonly simulated = false;
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly rules: MarketRules;
  readonly #file: CandleFile;

  private constructor(file: CandleFile, symbol: string) {
    this.label = `replay of ${basename(file.path)}`;
    this.symbol = symbol;
    this.timeframe = file.timeframe;
    this.rules = marketRulesFor(symbol, file.firstClose);
    this.#file = file;
  }

  /** @throws FILE_UNREADABLE CANDLES_EMPTY CANDLES_INVALID CANDLES_TOO_FEW SYMBOL_UNKNOWN */
  static async open(path: string, options: FileReplayOptions): Promise<FileReplay> {
    return new FileReplay(await CandleFile.open(path, options), options.symbol);
  }

  /** What can be said before the file is read: that its timeframe is not the one that is wanted. */
  get warnings(): readonly string[] {
    return this.#file.warnings;
  }

  /** What the last whole pass found; `undefined` before one has ended. */
  get findings(): CandleFindings | undefined {
    return this.#file.findings;
  }

  candles(signal?: AbortSignal): AsyncIterable<Candle> {
    return yieldToEvents(this.#file.candles(signal), signal);
  }
}
