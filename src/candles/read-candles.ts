import type {Candle} from '../domain/candle.js';
import type {Clock} from '../domain/clock.js';
import {DlTradeError} from '../domain/errors.js';
import type {Timeframe} from '../domain/timeframe.js';
import {sniffFile} from '../files/read-lines.js';
import type {FileKind} from '../files/read-lines.js';
import {findCandleFault} from './check-candle.js';
import {emptyFile, readCsvRows} from './csv-rows.js';
import {inferTimeframe} from './infer-timeframe.js';
import {readParquetRows} from './parquet-rows.js';
import {parseCandle} from './parse-candle.js';
import type {RawRow} from './parse-candle.js';
import {CandleSequencer, timeText} from './sequence-candles.js';
import type {CandleGap} from './sequence-candles.js';

/** So many rows decide what the file's timeframe is. */
const HEAD_ROWS = 1000;

/** How a candle file is read. */
export interface CandleFileOptions {
  /** Says whether the last row has closed. */
  readonly clock: Clock;
  /** What the candles are wanted for: a warning says so where the file has another timeframe, and a file of one row has this one. */
  readonly timeframe?: Timeframe | undefined;
  /** Longest gap that is filled, in candles; 3 unless said otherwise. */
  readonly maxFilledGap?: number;
}

/** What one pass over a file found, beside its candles. */
export interface CandleFindings {
  /** Candles handed out, the filled ones included. */
  readonly candles: number;
  readonly filled: number;
  /** Duplicates that agreed and were dropped. */
  readonly duplicates: number;
  readonly gaps: readonly CandleGap[];
  /** True where the last row's candle had not closed yet and was left out. */
  readonly openCandleDropped: boolean;
  /** All of it that a user should hear of, a sentence each. */
  readonly warnings: readonly string[];
}

/** A file of candles: CSV, gzipped CSV or Parquet, told apart by content. */
export class CandleFile {
  readonly path: string;
  /** The file's own grid. */
  readonly timeframe: Timeframe;
  /** Close of the first row, for telling what size of price the file holds. */
  readonly firstClose: number;
  readonly #kind: FileKind;
  readonly #options: CandleFileOptions;
  #findings: CandleFindings | undefined;

  private constructor(
    path: string,
    head: {kind: FileKind; timeframe: Timeframe; firstClose: number},
    options: CandleFileOptions,
  ) {
    this.path = path;
    this.timeframe = head.timeframe;
    this.firstClose = head.firstClose;
    this.#kind = head.kind;
    this.#options = options;
  }

  /** Looks at the beginning of the file to tell its kind and its timeframe.
   *  @throws FILE_UNREADABLE CANDLES_EMPTY CANDLES_INVALID, CANDLES_TOO_FEW for a single row where no timeframe is given */
  static async open(path: string, options: CandleFileOptions): Promise<CandleFile> {
    const kind = await sniffFile(path);
    if (kind === 'empty') throw emptyFile(path);
    const times: number[] = [];
    let firstClose: number | undefined;
    head: for await (const rows of readRows(path, kind)) {
      for (const row of rows) {
        const place = placeOf(path, kind, row.number);
        const {openTimeMs, close} = readHead(row, place);
        // Said here, before a timeframe is inferred from times that run backwards.
        requireForward(times.at(-1), openTimeMs, place);
        times.push(openTimeMs);
        firstClose ??= close;
        if (times.length === HEAD_ROWS) break head;
      }
    }
    if (firstClose === undefined) throw noCandles(path);
    const timeframe = timeframeOf(path, times, options.timeframe);
    return new CandleFile(path, {kind, timeframe, firstClose}, options);
  }

  /** What can be said before the rows are read: that the timeframe is not the one that is wanted. */
  get warnings(): readonly string[] {
    const wanted = this.#options.timeframe;
    if (wanted === undefined || wanted.ms === this.timeframe.ms) return [];
    return [`"${this.path}" holds ${this.timeframe.name} candles where ${wanted.name} ones are wanted`];
  }

  /** What the last finished pass over `candles` found; `undefined` before one has finished. */
  get findings(): CandleFindings | undefined {
    return this.#findings;
  }

  /** Every closed candle by the data rules, from the first; each call reads the file anew.
   *  @throws FILE_UNREADABLE CANDLES_EMPTY CANDLES_INVALID */
  async *candles(signal?: AbortSignal): AsyncGenerator<Candle, void, undefined> {
    for await (const batch of this.batches(signal)) yield* batch;
  }

  /** `candles` in batches of some thousands, which costs less per candle. */
  async *batches(signal?: AbortSignal): AsyncGenerator<readonly Candle[], void, undefined> {
    let number = 0;
    const locate = (): string => placeOf(this.path, this.#kind, number)();
    const {maxFilledGap} = this.#options;
    const sequencer = new CandleSequencer({
      timeframe: this.timeframe,
      locate,
      ...(maxFilledGap === undefined ? {} : {maxFilledGap}),
    });
    let emitted = 0;
    let filled = 0;
    // The newest row waits here: only the end of the file tells that it is the last one, which may still be open.
    let held: RawRow | undefined;
    let batch: Candle[] = [];
    const take = (row: RawRow, candle: Candle): void => {
      number = row.number;
      for (const sequenced of sequencer.push(candle)) {
        batch.push(sequenced);
        if (sequenced.filled === true) filled += 1;
      }
    };
    const parse = (row: RawRow): Candle => {
      number = row.number;
      return parseCandle(row, locate);
    };

    for await (const rows of readRows(this.path, this.#kind, signal)) {
      for (const row of rows) {
        if (held !== undefined) take(held, parse(held));
        held = row;
      }
      emitted += batch.length;
      if (batch.length > 0) yield batch;
      batch = [];
    }

    let openCandleDropped = false;
    let aheadMs = 0;
    if (held !== undefined) {
      const newest = parse(held);
      aheadMs = newest.openTimeMs - this.#options.clock.nowMs();
      openCandleDropped = findCandleFault(newest) === undefined && aheadMs + this.timeframe.ms > 0;
      if (!openCandleDropped) take(held, newest);
    }
    emitted += batch.length;
    if (emitted === 0) throw noCandles(this.path);
    if (batch.length > 0) yield batch;
    this.#findings = this.#describe({
      candles: emitted,
      filled,
      duplicates: sequencer.duplicates,
      gaps: sequencer.gaps,
      openCandleDropped,
      aheadMs,
    });
  }

  /** @param aheadMs how far the last row opens behind now */
  #describe({
    aheadMs,
    ...found
  }: Omit<CandleFindings, 'warnings'> & {readonly aheadMs: number}): CandleFindings {
    const warnings: string[] = [];
    const wanted = this.#options.timeframe;
    if (wanted !== undefined && wanted.ms !== this.timeframe.ms) {
      warnings.push(
        `"${this.path}" holds ${this.timeframe.name} candles where ${wanted.name} ones are wanted`,
      );
    }
    if (found.duplicates > 0) {
      warnings.push(
        `"${this.path}": ${counted(found.duplicates, 'duplicate row')} dropped, with the same values`,
      );
    }
    const unfilled = found.gaps.filter(({filled}) => !filled);
    if (found.filled > 0) {
      warnings.push(
        `"${this.path}": ${counted(found.filled, 'missing candle')} filled in flat,`
          + ` in ${counted(found.gaps.length - unfilled.length, 'gap')}; no position is opened on them`,
      );
    }
    if (unfilled.length > 0) {
      const longest = unfilled.reduce((a, b) => (b.missing > a.missing ? b : a));
      warnings.push(
        `"${this.path}": ${counted(unfilled.length, 'gap')} too long to fill, the longest of`
          + ` ${counted(longest.missing, 'candle')} from ${timeText(longest.fromMs)}; a new segment starts behind each`,
      );
    }
    if (found.openCandleDropped) {
      warnings.push(`"${this.path}": the last candle has not closed yet and is left out`);
    }
    if (found.openCandleDropped && aheadMs > 0) {
      const before = Math.min(found.candles, Math.ceil(aheadMs / this.timeframe.ms));
      warnings.push(
        `"${this.path}": the last ${counted(before, 'candle')} before it would close in the future too, which no market has recorded;`
          + ' are its times UTC, and is the clock here right?',
      );
    }
    return {...found, warnings};
  }
}

/** All of a file in memory. */
export interface CandleHistory extends CandleFindings {
  readonly path: string;
  readonly timeframe: Timeframe;
  readonly history: readonly Candle[];
}

/** Reads a whole candle file by the data rules: about 100 bytes of memory a candle; `CandleFile` streams instead.
 *  @throws FILE_UNREADABLE CANDLES_EMPTY CANDLES_INVALID CANDLES_TOO_FEW */
export async function readCandles(path: string, options: CandleFileOptions): Promise<CandleHistory> {
  const file = await CandleFile.open(path, options);
  const history: Candle[] = [];
  for await (const batch of file.batches()) for (const candle of batch) history.push(candle);
  return {path, timeframe: file.timeframe, history, ...file.findings!};
}

function readRows(
  path: string,
  kind: FileKind,
  signal?: AbortSignal,
): AsyncGenerator<RawRow[], void, undefined> {
  if (kind === 'parquet') return readParquetRows(path, signal);
  return readCsvRows(path, {gzip: kind === 'gzip', signal});
}

function placeOf(path: string, kind: FileKind, number: number): () => string {
  return () => `${path} ${kind === 'parquet' ? 'row' : 'line'} ${String(number)}`;
}

function requireForward(before: number | undefined, openTimeMs: number, where: () => string): void {
  if (before === undefined || openTimeMs >= before) return;
  throw new DlTradeError(
    'CANDLES_INVALID',
    `${where()}: timestamp was "${timeText(openTimeMs)}", which goes back behind "${timeText(before)}"; sort the rows`,
    {details: {where: where()}},
  );
}

function readHead(row: RawRow, where: () => string): Candle {
  const candle = parseCandle(row, where);
  const fault = findCandleFault(candle);
  if (fault === undefined) return candle;
  throw new DlTradeError(
    'CANDLES_INVALID',
    `${where()}: ${fault.field} was "${fault.was}", want ${fault.want}`,
    {
      details: {where: where()},
    },
  );
}

function timeframeOf(path: string, times: readonly number[], wanted: Timeframe | undefined): Timeframe {
  let timeframe: Timeframe | undefined;
  try {
    timeframe = inferTimeframe(times, wanted) ?? wanted;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DlTradeError('CANDLES_INVALID', `${path}: ${reason}; are its timestamps in seconds?`, {cause});
  }
  if (timeframe !== undefined) return timeframe;
  throw new DlTradeError(
    'CANDLES_TOO_FEW',
    `"${path}" holds candles of one time only, which does not tell its timeframe; give more, or the timeframe`,
    {details: {path}},
  );
}

function noCandles(path: string): DlTradeError {
  return new DlTradeError('CANDLES_EMPTY', `"${path}" holds no closed candle; want at least one row`, {
    details: {path},
  });
}

function counted(count: number, noun: string): string {
  return `${String(count)} ${noun}${count === 1 ? '' : 's'}`;
}
