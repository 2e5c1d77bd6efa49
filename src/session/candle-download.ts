import {realpath, stat} from 'node:fs/promises';
import {CandlePart, partOf, repairPart} from '../candles/candle-part.js';
import {candleDifference} from '../candles/check-candle.js';
import {CandleSequencer, timeText} from '../candles/sequence-candles.js';
import {surveyCandles} from '../candles/survey-candles.js';
import type {CandleSurvey} from '../candles/survey-candles.js';
import type {Candle} from '../domain/candle.js';
import {DlTradeError} from '../domain/errors.js';
import type {Timeframe} from '../domain/timeframe.js';
import type {CandlePage, CcxtCandles} from '../exchange/ccxt-candles.js';
import {outputFailed, systemCode} from '../files/file-errors.js';
import type {CandleFetch, FetchSummary} from './fetch-candles.js';

/** What a download says of the file when it is done. */
export type DownloadedContent = Omit<FetchSummary, 'provider' | 'testnet' | 'symbol' | 'timeframe' | 'out'>;

/** One candle file's way from what is there to what was asked for: the file grows as a `.part` beside it and replaces it whole. */
export class CandleDownload {
  readonly #target: string;
  /** The target as the user spells it. */
  readonly #name: string;
  readonly #timeframe: Timeframe;
  #base: CandleSurvey | undefined;
  #baseIsPart = false;
  #part: CandlePart | undefined;
  #fetched = 0;

  private constructor(target: string, name: string, timeframe: Timeframe) {
    this.#target = target;
    this.#name = name;
    this.#timeframe = timeframe;
  }

  /** @throws USAGE OUTPUT_FAILED for what no file can be made of */
  static async prepare(out: string, timeframe: Timeframe): Promise<CandleDownload> {
    if (out === '' || out === '-') {
      throw new DlTradeError(
        'USAGE',
        `--out was "${out}"; want a file, since a fetch is gone on with from it`,
      );
    }
    return new CandleDownload(await throughLinks(out), out, timeframe);
  }

  /** Looks at what an earlier fetch has left: its part, or the target where the part is older.
   *  @returns undefined where there is no candle yet
   *  @throws OUTPUT_MISMATCH FILE_UNREADABLE CANDLES_INVALID OUTPUT_FAILED */
  async survey(signal?: AbortSignal): Promise<CandleSurvey | undefined> {
    const part = (await repairPart(this.#target))
      ? await this.#surveyOf(partOf(this.#target), signal)
      : undefined;
    const isThere = await stat(this.#target).catch(() => undefined);
    const target = isThere === undefined ? undefined : await this.#surveyOf(this.#target, signal);
    this.#baseIsPart = part !== undefined && part.last.openTimeMs >= (target?.last.openTimeMs ?? 0);
    this.#base = this.#baseIsPart ? part : target;
    return this.#base;
  }

  /** Takes every page to the disk, then makes the part the target.
   *  @throws OUTPUT_MISMATCH where the exchange's candles do not go on from the file's; CANDLES_EMPTY CANDLES_INVALID OUTPUT_FAILED
   *  STATE_LOCKED and the codes of an ExchangeError */
  async run(
    candles: CcxtCandles,
    {signal, onProgress, sinceMs}: Pick<CandleFetch, 'signal' | 'onProgress'> & {sinceMs: number | undefined},
  ): Promise<DownloadedContent> {
    const base = this.#base;
    const warnings: string[] = [];
    const {ms} = this.#timeframe;
    const sequencer = new CandleSequencer({
      ...{timeframe: this.#timeframe, maxFilledGap: 0, locate: () => candles.label},
    });
    if (base !== undefined) sequencer.push(base.last);
    let first = base?.first;
    let isCompared = base === undefined;
    for await (const page of candles.pages(signal)) {
      if (!isCompared) this.#requireSame(candles, base!.last, page);
      const fresh = isCompared ? page.candles : page.candles.slice(1);
      isCompared = true;
      for (const candle of fresh) sequencer.push(candle);
      if (first === undefined && fresh.length > 0) {
        warnings.push(...lateBeginning(candles, page));
        [first] = fresh;
      }
      if (fresh.length > 0) await (await this.#openPart()).append(fresh);
      this.#fetched += fresh.length;
      onProgress?.((page.doneMs - candles.startMs) / ms, (candles.stopMs - candles.startMs) / ms);
    }
    if (first === undefined) throw this.#nothing(candles);
    if (this.#fetched > 0 || this.#baseIsPart) await (await this.#openPart()).finish();
    if (base !== undefined && sinceMs !== undefined && base.first.openTimeMs >= sinceMs + ms) {
      warnings.push(
        `"${this.#name}" begins at ${timeText(base.first.openTimeMs)}, later than --since; nothing is added in front of`
          + ` a file that is there: fetch into another one for that`,
      );
    }
    const gaps = [...(base?.gaps ?? []), ...sequencer.gaps].map(({fromMs, toMs, missing}) => ({
      ...{fromMs, toMs, missing},
    }));
    return {
      candles: (base?.candles ?? 0) + this.#fetched,
      fetched: this.#fetched,
      firstMs: first.openTimeMs,
      lastMs: sequencer.last!.openTimeMs,
      missing: gaps.reduce((sum, {missing}) => sum + missing, 0),
      gaps,
      longestGap: gaps.reduce<(typeof gaps)[number] | null>(
        (longest, gap) => (longest !== null && longest.missing >= gap.missing ? longest : gap),
        null,
      ),
      warnings,
    };
  }

  /** True where candles lie in the part. */
  get isUnderWay(): boolean {
    return this.#part !== undefined || this.#baseIsPart;
  }

  /** For whoever is told that it ended early. */
  get whatIsLeft(): string {
    if (!this.isUnderWay) return `nothing was written to "${this.#name}"`;
    const count = (this.#base?.candles ?? 0) + this.#fetched;
    return `${String(count)} candles are in "${partOf(this.#name)}", and the same command goes on behind them`;
  }

  /** Leaves the part where it is. */
  async close(): Promise<void> {
    await this.#part?.close();
  }

  async #surveyOf(path: string, signal: AbortSignal | undefined): Promise<CandleSurvey | undefined> {
    return await surveyCandles(path, this.#timeframe, signal);
  }

  async #openPart(): Promise<CandlePart> {
    this.#part ??= this.#baseIsPart
      ? await CandlePart.reopen(this.#target)
      : await CandlePart.begin(this.#target, this.#base !== undefined);
    return this.#part;
  }

  #requireSame(candles: CcxtCandles, last: Candle, {candles: [newer]}: CandlePage): void {
    const where = this.#baseIsPart ? partOf(this.#name) : this.#name;
    const at = timeText(last.openTimeMs);
    const difference =
      newer?.openTimeMs === last.openTimeMs ? candleDifference(last, newer) : 'nothing there';
    if (difference === undefined) return;
    const what =
      newer?.openTimeMs === last.openTimeMs
        ? `has ${difference} for it`
        : newer === undefined
          ? 'has no candle then'
          : `has none before ${timeText(newer.openTimeMs)}`;
    throw new DlTradeError(
      'OUTPUT_MISMATCH',
      `the last candle of "${where}" is that of ${at}, but ${candles.label} ${what}: it is of another market, its last row was`
        + ` written before the candle had closed, or the exchange no longer goes back so far; remove that row, or name another --out`,
      {details: {path: where, openTimeMs: last.openTimeMs}},
    );
  }

  #nothing({label, symbol, startMs, stopMs}: CcxtCandles): DlTradeError {
    return new DlTradeError(
      'CANDLES_EMPTY',
      stopMs <= startMs
        ? `no ${this.#timeframe.name} candle from ${timeText(startMs)} on has closed yet at ${label}; want an earlier --since`
        : `${label} has no ${this.#timeframe.name} candle of ${symbol} from ${timeText(startMs)} to ${timeText(stopMs)}`,
      {details: {startMs, stopMs}},
    );
  }
}

function lateBeginning(
  {label, startMs, timeframe}: CcxtCandles,
  {candles, looksBackOnly}: CandlePage,
): string[] {
  const first = candles[0]!.openTimeMs;
  if (first <= startMs) return [];
  const asked = `asked from ${timeText(startMs)}, the first candle is that of ${timeText(first)}`;
  if (!looksBackOnly) return [`${label} has no earlier candles: ${asked}`];
  return [
    `${label} gives only its newest ${candles.length} ${timeframe.name} candles, however far back it is asked: ${asked};`
      + ` take a longer timeframe, another exchange, or fetch into the same file again before they run out`,
  ];
}

/** A link stays, and what it points to is written. */
async function throughLinks(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (cause) {
    if (systemCode(cause) === 'ENOENT') return path;
    throw outputFailed(path, cause);
  }
}
