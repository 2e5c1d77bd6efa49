import {join} from 'node:path';
import {readSentimentSource} from '../config/sentiment-source.js';
import {computeFeatures} from '../features/compute-features.js';
import {writeFileAtomic} from '../files/atomic-file.js';
import {sha256OfFile} from '../files/hash-file.js';
import {nativeVersions} from '../model/native.js';
import {assess, verdictOf} from '../training/assess.js';
import type {Assessment} from '../training/assess.js';
import {planFolds} from '../training/plan-folds.js';
import type {FoldPlanOptions} from '../training/plan-folds.js';
import {sampleRows} from '../training/samples.js';
import {runFolds} from './fold-pool.js';
import type {FoldPoolOptions} from './fold-pool.js';
import {readHistory} from './read-history.js';
import type {HeldOutForecasts, TrainingRequest} from './training-request.js';
import type {FoldNews, FoldTask} from './walk-forward-fold.js';
import {WalkForwardDirectory} from './walk-forward-record.js';
import type {FoldRecord, WalkForwardSettings} from './walk-forward-record.js';

/** A walk-forward: a training request, divided into folds. `out` is the directory of all of them. */
export interface WalkForwardRequest
  extends Omit<TrainingRequest, 'boundaries' | 'resume' | 'skipTest'>, FoldPlanOptions {
  /** Folds that train at once, each in a process of its own; 1 unless said otherwise. */
  readonly jobs?: number | undefined;
  /** Told what the folds are at, as it happens. */
  readonly onNews?: (news: FoldNews) => void;
  /** Told before the first fold: how many there are, and how many were done before. */
  readonly onPlan?: (plan: {readonly folds: number; readonly done: number}) => void;
  /** Trains one fold; in a process of its own unless said otherwise. */
  readonly run?: FoldPoolOptions['run'];
}

/** One fold's own numbers. */
export interface FoldSummary {
  readonly fold: number;
  readonly from: string;
  readonly to: string;
  readonly bestEpoch: number;
  readonly threshold: number;
  readonly assessment: Assessment;
}

/** What a walk-forward came to, fold by fold and over all of them. */
export interface WalkForwardResult {
  readonly out: string;
  readonly folds: readonly FoldSummary[];
  /** Over the forecasts of all folds: no candle of it was seen by the network that forecast it. */
  readonly overall: Assessment;
  readonly verdict: string;
  /** CSV of timestamp, fold, probability, label. */
  readonly forecasts: string;
  /** JSON of this result. */
  readonly report: string;
}

/** Trains a network per fold on what lies before it, and joins what the folds say of their test parts to one out-of-sample
 *  record. A stopped or killed walk-forward goes on when it is started again: finished folds are kept.
 *  @throws STATE_MISMATCH where `out` holds one of other settings, INTERRUPTED, and what training throws */
export async function walkForward(request: WalkForwardRequest): Promise<WalkForwardResult> {
  const {candlesFile, out, signal, horizon = 5, sequenceLength = 50, jobs = 1} = request;
  const {history} = await readHistory(candlesFile, signal);
  const samples = sampleRows(computeFeatures(history), {horizon, sequenceLength}).length;
  const plan = planFolds(samples, request);
  const files = new WalkForwardDirectory(out);
  await files.claim(await settingsOf(request));

  const found = await Promise.all(plan.map((_, fold) => files.readFold(fold)));
  const tasks = plan.flatMap((boundaries, fold): FoldTask[] =>
    found[fold] === undefined ? [{fold, directory: out, boundaries, request: portable(request)}] : [],
  );
  request.onPlan?.({folds: plan.length, done: plan.length - tasks.length});
  await runFolds(tasks, {
    ...{jobs, signal},
    onNews: (news) => request.onNews?.(news),
    ...(request.run === undefined ? {} : {run: request.run}),
  });

  const records: FoldRecord[] = [];
  for (const fold of plan.keys()) records.push((await files.readFold(fold))!);
  const joined = joinForecasts(records.map(({forecasts}) => forecasts));
  const overall = assess(joined, {part: 'test', horizon, baselines: joined.baselines});
  const result = {
    out,
    folds: records.map((record) => summaryOf(record, horizon)),
    ...{overall, verdict: verdictOf(overall)},
    forecasts: await files.writeForecasts(records),
    report: join(out, 'report.json'),
  };
  await writeFileAtomic(result.report, `${JSON.stringify(result, null, 2)}\n`);
  return result;
}

function summaryOf({fold, bestEpoch, threshold, forecasts}: FoldRecord, horizon: number): FoldSummary {
  const {openTimesMs, baselines} = forecasts;
  return {
    fold: fold + 1,
    ...{from: new Date(openTimesMs[0]!).toISOString(), to: new Date(openTimesMs.at(-1)!).toISOString()},
    ...{bestEpoch, threshold},
    assessment: assess(forecasts, {part: 'test', horizon, baselines}),
  };
}

function joinForecasts(parts: readonly HeldOutForecasts[]): HeldOutForecasts {
  const joined = (pick: (part: HeldOutForecasts) => Iterable<number>): number[] =>
    parts.flatMap((part) => [...pick(part)]);
  const names = Object.keys(parts[0]!.baselines);
  return {
    openTimesMs: Float64Array.from(joined(({openTimesMs}) => openTimesMs)),
    probabilities: Float64Array.from(joined(({probabilities}) => probabilities)),
    labels: Uint8Array.from(joined(({labels}) => labels)),
    baselines: Object.fromEntries(
      names.map((name) => [name, Float64Array.from(joined(({baselines}) => baselines[name]!))]),
    ),
  };
}

/** What a fold's process is told: no function and no signal crosses to it. */
function portable(request: WalkForwardRequest): FoldTask['request'] {
  const {network, sizes, candlesFile, symbol, epochs, batchSize, learningRate, patience, seed, threads} =
    request;
  const {horizon, sequenceLength, inputScale, embargo, sentiment, environment} = request;
  return {
    ...{network, candlesFile, symbol, epochs, batchSize, learningRate, patience, seed, threads},
    ...{horizon, sequenceLength, inputScale, embargo},
    // What the environment says is settled here: a fold's process must not read it again.
    ...{sentiment: sentimentOf(sentiment, environment ?? {})},
    ...(sizes === undefined ? {} : {sizes}),
  };
}

function sentimentOf(...given: Parameters<typeof readSentimentSource>): string {
  const source = readSentimentSource(...given);
  return source.kind === 'file' ? source.path : source.kind;
}

async function settingsOf(request: WalkForwardRequest): Promise<WalkForwardSettings> {
  const {folds, scheme, trainShare = 0.5, validationShare = 0.15} = request;
  const {sizes, ...training} = portable(request);
  const {libtorch, isa} = nativeVersions();
  const named = {...training, ...sizes, folds, scheme, trainShare, validationShare, libtorch, isa};
  return {
    ...Object.fromEntries(Object.entries(named).map(([name, value]) => [name, value ?? null])),
    candlesFile: await sha256OfFile(request.candlesFile),
  };
}
