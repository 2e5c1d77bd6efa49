import {setImmediate as untilEventsWereHandled} from 'node:timers/promises';
import type {Candle} from '../domain/candle.js';
import {DlTradeError} from '../domain/errors.js';
import {proveFeatureLaws, worseOf} from '../features/prove-laws.js';
import type {FeaturePipeline, LawBreach, LawReport} from '../features/prove-laws.js';
import {FEATURE_SCHEMA, requiredHistory, WARM_UP_CANDLES} from '../features/schema.js';
import {requireGoingOn} from './interruption.js';
import {readHistory} from './read-history.js';

/** How a history is taken apart to be proved: a stretch at a time, because the proof keeps all rows of one in memory. */
interface Sample {
  readonly stretchCandles: number;
  /** Stretches at most, spread evenly; every candle where that is enough. */
  readonly stretches: number;
  /** Places of a stretch at which each law is tried. */
  readonly places: number;
}

const QUICK: Sample = {stretchCandles: 2000, stretches: 8, places: 5};
const THOROUGH: Sample = {stretchCandles: 10_000, stretches: Infinity, places: 9};

/** Which candles the laws of the features are tried on, and how thoroughly. */
export interface LawProof {
  readonly candlesFile: string;
  /** Every candle and more places; else a sample of 16,000 candles. */
  readonly thorough?: boolean | undefined;
  /** The features of the schema where left out. */
  readonly pipeline?: FeaturePipeline | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told as trials are done. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** What the laws came to on a file of candles. */
export interface LawProofReport extends LawReport {
  readonly schemaId: string;
  readonly candlesFile: string;
  readonly timeframe: string;
  /** Candles of the file, and of them those in a stretch that was proved. */
  readonly candles: number;
  readonly candlesProved: number;
  readonly stretches: number;
  readonly warnings: readonly string[];
}

/** Tries the laws of the features on a user's own candles.
 *  @throws CANDLES_TOO_FEW where no stretch gives two rows, INTERRUPTED, and what reading candles throws */
export async function proveFile(request: LawProof): Promise<LawProofReport> {
  const {candlesFile, signal} = request;
  const {file, history} = await readHistory(candlesFile, signal);
  const sample = request.thorough === true ? THOROUGH : QUICK;
  const starts = startsOf(history.length, sample);
  const breaches = new Map<string, LawBreach>();
  let [rows, trials, stretches, candlesProved, provedTo] = [0, 0, 0, 0, 0];
  for (const [index, start] of starts.entries()) {
    await untilEventsWereHandled();
    requireGoingOn(signal);
    const end = Math.min(history.length, start + sample.stretchCandles);
    const report = prove(history.slice(start, end), sample, request, (done, total) => {
      request.onProgress?.(index * total + done, starts.length * total);
    });
    if (report === undefined) continue;
    candlesProved += end - Math.max(start, provedTo);
    provedTo = end;
    rows += report.rows;
    trials += report.trials;
    stretches += 1;
    for (const breach of report.breaches) {
      const key = `${breach.law} ${breach.feature}`;
      const known = breaches.get(key);
      breaches.set(key, known === undefined ? breach : worseOf(known, breach));
    }
  }
  if (stretches === 0) throw tooFew(candlesFile, history.length);
  return {
    ...{schemaId: FEATURE_SCHEMA.id, candlesFile, timeframe: file.timeframe.name},
    warnings: file.findings?.warnings ?? [],
    ...{candles: history.length, candlesProved, stretches, rows, trials},
    holds: breaches.size === 0,
    breaches: [...breaches.values()],
  };
}

/** @returns `undefined` for a stretch so torn by gaps that it has no two rows */
function prove(
  stretch: readonly Candle[],
  {places}: Sample,
  {pipeline}: LawProof,
  onProgress: (done: number, total: number) => void,
): LawReport | undefined {
  try {
    return proveFeatureLaws(stretch, {places, onProgress, ...(pipeline === undefined ? {} : {pipeline})});
  } catch (error) {
    if (error instanceof DlTradeError && error.code === 'CANDLES_TOO_FEW') return undefined;
    throw error;
  }
}

/** Where the stretches begin: each reaches back over its warm-up, so that together they give every row once; spread evenly
 *  where there are more than wanted. */
function startsOf(candles: number, {stretchCandles, stretches}: Sample): number[] {
  const step = stretchCandles - WARM_UP_CANDLES;
  const needed = Math.max(1, Math.ceil((candles - WARM_UP_CANDLES) / step));
  if (needed > stretches) {
    const last = candles - stretchCandles;
    return Array.from({length: stretches}, (_, i) => Math.round((i * last) / (stretches - 1)));
  }
  // A last stretch of a single row could not be proved.
  const latest = Math.max(0, candles - requiredHistory(2));
  return Array.from({length: needed}, (_, i) => Math.min(i * step, latest));
}

function tooFew(candlesFile: string, candles: number): DlTradeError {
  const wanted = requiredHistory(2);
  return new DlTradeError(
    'CANDLES_TOO_FEW',
    candles < wanted
      ? `"${candlesFile}" holds "${candles}" candles, want at least ${wanted}: the first ones only warm the features up`
      : `"${candlesFile}" is so torn by gaps that no stretch of it is long enough to prove anything on`,
    {details: {candles, wanted}},
  );
}
