import {createHash} from 'node:crypto';
import {firstForecasts} from '../backtest/forecast-candles.js';
import {SeededRandom} from '../domain/seeded-random.js';
import type {ForecastBatch} from '../model/predict-history.js';
import {canonicalJson} from '../store/journal-entry.js';
import type {NewEntry} from '../store/journal-entry.js';
import {withGround} from './backtest-files.js';
import type {BacktestRequest} from './backtest-files.js';
import {forecastSubject, openSubject, tradeForecasts} from './backtest-symbol.js';
import type {BacktestGround, BacktestSubject} from './backtest-symbol.js';

const CUTS = 5;
/** Batches of other sizes may round otherwise; what looks ahead differs by far more. */
const ROUNDING = 1e-6;

/** A backtest that is to be proven, and in how many places. */
export interface BacktestProofRequest extends BacktestRequest {
  /** Places at which each history is cut; 5 unless said otherwise. */
  readonly cuts?: number | undefined;
}

/** Where a history that was cut came to something else than the whole one. */
export interface LookAhead {
  /** Open time of the last candle that was left, ms. */
  readonly cutMs: number;
  /** Open time of the candle that came out otherwise, ms; null for a line of none, such as a fill. */
  readonly candleMs: number | null;
  readonly what: string;
}

/** One symbol's proof. */
export interface SymbolProof {
  readonly symbol: string;
  /** Open times of the last candles that were left, ms. */
  readonly cutsMs: readonly number[];
  /** Decided candles that were computed again, over all cuts. */
  readonly decisions: number;
  /** Journal lines of them: features aside, all that a run would have recorded. */
  readonly lines: number;
  readonly forecasts: number;
  /** Of a probability, by the rounding of batches. */
  readonly largestForecastDifference: number;
  /** The first of each cut that has one. */
  readonly lookAheads: readonly LookAhead[];
}

/** Whether anything that was decided depends on candles that came later. */
export interface BacktestProof {
  /** True where no past decision changed. */
  readonly ok: boolean;
  readonly seed: number;
  readonly symbols: readonly SymbolProof[];
}

/** Cuts every history at random places and runs the backtest again on what is left, features and forecasts included: each forecast must
 *  be the same up to the rounding of batches, and every decision, verdict, order and fill the same, byte for byte.
 *  @throws as `backtestFiles` */
export async function proveBacktest(request: BacktestProofRequest): Promise<BacktestProof> {
  const {seed} = request.config;
  return withGround(request, async (ground, feeds) => {
    const symbols: SymbolProof[] = [];
    for (const feed of feeds) {
      symbols.push(await proveSubject(await openSubject(feed, ground), ground, {cuts: request.cuts}));
    }
    return {ok: symbols.every(({lookAheads}) => lookAheads.length === 0), seed, symbols};
  });
}

/** Proves one symbol.
 *  @param forecast what forecasts a history; the model unless said otherwise */
export async function proveSubject(
  subject: BacktestSubject,
  ground: BacktestGround,
  {
    cuts = CUTS,
    forecast = forecastSubject,
  }: {
    cuts?: number | undefined;
    forecast?: (
      ...of: Parameters<typeof forecastSubject>
    ) => Promise<Pick<Awaited<ReturnType<typeof forecastSubject>>, 'forecasts'>>;
  } = {},
): Promise<SymbolProof> {
  const {candles, feed} = subject;
  const {forecasts: whole} = await forecast(subject, ground);
  const known = await linesOf(subject, ground, whole);
  const [from, last] = [
    candles.findIndex(({openTimeMs}) => openTimeMs === whole.openTimesMs[0]),
    candles.length - 1,
  ];
  const random = new SeededRandom(`prove ${String(ground.config.seed)} ${feed.source.symbol}`);
  // At least one decision stands before a cut, and one candle is cut off.
  const places =
    from < 0 || from >= last
      ? []
      : Array.from({length: cuts}, () => from + Math.floor(random.uniform() * (last - from))).sort(
          (a, b) => a - b,
        );
  const lookAheads: LookAhead[] = [];
  let [decisions, lines, forecasts, largestForecastDifference] = [0, 0, 0, 0];
  for (const place of places) {
    const cut = {...subject, candles: candles.slice(0, place + 1)};
    const cutMs = candles[place]!.openTimeMs;
    const {forecasts: again} = await forecast(cut, ground);
    const compared = compareForecasts(whole, again, cutMs);
    largestForecastDifference = Math.max(largestForecastDifference, compared.largest);
    forecasts += again.openTimesMs.length;
    const found =
      compared.lookAhead
      ?? (await compareLines(known, cut, ground, firstForecasts(whole, again.openTimesMs.length)));
    if ('what' in found) lookAheads.push(found);
    else {
      decisions += found.decisions;
      lines += found.lines;
    }
  }
  return {
    ...{symbol: feed.source.symbol, cutsMs: places.map((place) => candles[place]!.openTimeMs)},
    ...{decisions, lines, forecasts, largestForecastDifference, lookAheads},
  };
}

function compareForecasts(
  whole: ForecastBatch,
  again: ForecastBatch,
  cutMs: number,
): {largest: number; lookAhead: LookAhead | undefined} {
  let largest = 0;
  for (const [i, candleMs] of again.openTimesMs.entries()) {
    const [was, now] = [whole.probabilities[i]!, again.probabilities[i]!];
    const difference = whole.openTimesMs[i] === candleMs ? Math.abs(was - now) : Infinity;
    if (difference <= ROUNDING) largest = Math.max(largest, difference);
    else {
      const what = `the forecast was ${was.toFixed(6)} with the candles behind the cut and ${now.toFixed(6)} without them`;
      return {largest, lookAhead: {cutMs, candleMs, what}};
    }
  }
  const expected = whole.openTimesMs.findLastIndex((time) => time <= cutMs) + 1;
  const lookAhead =
    expected === again.openTimesMs.length
      ? undefined
      : {
          cutMs,
          candleMs: null,
          what: `there were ${expected} forecasts with the candles behind the cut and ${again.openTimesMs.length} without them`,
        };
  return {largest, lookAhead};
}

async function compareLines(
  known: LineHashes,
  cut: BacktestSubject,
  ground: BacktestGround,
  forecasts: ForecastBatch,
): Promise<LookAhead | {decisions: number; lines: number}> {
  const again = await linesOf(cut, ground, forecasts);
  const first = again.hashes.findIndex((hash, i) => hash !== known.hashes[i]);
  if (first < 0) return {decisions: again.steps, lines: again.hashes.length};
  return {
    cutMs: cut.candles.at(-1)!.openTimeMs,
    candleMs: again.candlesMs[first]!,
    what: `line ${String(first + 1)} of the journal is another one without the candles behind the cut`,
  };
}

/** The journal of a backtest, as far as comparing needs it. */
interface LineHashes {
  readonly hashes: readonly number[];
  readonly candlesMs: readonly (number | null)[];
  readonly steps: number;
}

async function linesOf(
  subject: BacktestSubject,
  ground: BacktestGround,
  forecasts: ForecastBatch,
): Promise<LineHashes> {
  const hashes: number[] = [];
  const candlesMs: (number | null)[] = [];
  let steps = 0;
  const journal = {
    append(entries: readonly NewEntry[]): void {
      for (const {kind, candleMs, body} of entries) {
        if (kind === 'step') steps += 1;
        hashes.push(
          createHash('sha256')
            .update(`${kind} ${String(candleMs)} ${canonicalJson(body)}`)
            .digest()
            .readUIntBE(0, 6),
        );
        candlesMs.push(candleMs);
      }
    },
  };
  await tradeForecasts(subject, ground, {forecasts, journal});
  return {hashes, candlesMs, steps};
}
