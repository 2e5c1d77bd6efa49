import {basename} from 'node:path';
import type {CandleSource} from '../candles/candle-source.js';
import {CandleFile} from '../candles/read-candles.js';
import type {CandleFileOptions, CandleFindings} from '../candles/read-candles.js';
import type {Candle} from '../domain/candle.js';
import type {Timeframe} from '../domain/timeframe.js';
import {splitSymbol} from './market-rules.js';

/** Recorded candles as a source: the file is read as it is consumed, so its length costs no memory. */
export class FileReplay implements CandleSource {
  readonly simulated = false;
  readonly label: string;
  readonly symbol: string;
  readonly #file: CandleFile;

  private constructor(file: CandleFile, symbol: string) {
    this.#file = file;
    this.symbol = symbol;
    this.label = `a replay of ${basename(file.path)}`;
  }

  /** @param symbol what the candles are of; a file does not say it
   *  @throws FILE_UNREADABLE CANDLES_EMPTY CANDLES_INVALID CANDLES_TOO_FEW SYMBOL_UNKNOWN */
  static async open(path: string, symbol: string, options: CandleFileOptions): Promise<FileReplay> {
    splitSymbol(symbol);
    return new FileReplay(await CandleFile.open(path, options), symbol);
  }

  /** The file's own grid. */
  get timeframe(): Timeframe {
    return this.#file.timeframe;
  }

  /** What the last whole pass found; undefined before one has ended. */
  get findings(): CandleFindings | undefined {
    return this.#file.findings;
  }

  candles(signal?: AbortSignal): AsyncIterable<Candle> {
    return this.#file.candles(signal);
  }
}
