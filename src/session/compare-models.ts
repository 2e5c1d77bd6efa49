import {basename, join} from 'node:path';
import {readSentimentSource} from '../config/sentiment-source.js';
import {DlTradeError} from '../domain/errors.js';
import type {Timeframe} from '../domain/timeframe.js';
import {writeFileAtomic} from '../files/atomic-file.js';
import {sha256OfFile} from '../files/hash-file.js';
import {makeDirectory} from '../files/make-directory.js';
import {BEST_FILE} from '../model/best-record.js';
import type {BestRecord} from '../model/best-record.js';
import {isBareModelName} from '../model/model-persistence.js';
import type {Model} from '../model/model-persistence.js';
import {correctness} from '../training/metrics/classification-metrics.js';
import {pairedTest} from '../training/metrics/paired-test.js';
import type {PairedTest} from '../training/metrics/paired-test.js';
import {pickWinner, WINNER_RULE} from '../training/pick-winner.js';
import {heldOutFromMs} from './held-out-from.js';
import {requireGoingOn} from './interruption.js';
import {measureModel} from './measure-model.js';
import type {ComparedModel, ComparisonGround, Measured} from './measure-model.js';
import {openSentiment} from './open-sentiment.js';
import {readHistory} from './read-history.js';
import {requireModel} from './require-model.js';

/** Which models to compare, on which candles. */
export interface ComparisonRequest {
  /** Names or paths; two at least. */
  readonly models: readonly string[];
  readonly modelsDirectory?: string | undefined;
  readonly candlesFile: string;
  /** Open time of the first candle that counts, ms; by default where every model's held-out candles begin. */
  readonly fromMs?: number | undefined;
  /** Where the winner is recorded as `best.json`; nowhere unless given. */
  readonly recordIn?: string | undefined;
  /** Cost of a fill in basis points; 10 and 2 unless said otherwise. */
  readonly feeBps?: number | undefined;
  readonly slippageBps?: number | undefined;
  /** Source of fear_greed_index: a file, `alternative.me` or `none`; default: TRADING_SENTIMENT of `environment`, else none. */
  readonly sentiment?: string | undefined;
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told now and then what is being worked on, and how far it is. */
  readonly onProgress?: ComparisonGround['onProgress'];
}

/** What a comparison came to. */
export interface Comparison {
  readonly candles: BestRecord['candles'];
  /** False where `fromMs` reaches into candles that a model was trained on; nothing is recorded then. */
  readonly heldOut: boolean;
  readonly models: readonly ComparedModel[];
  readonly winner: string;
  readonly rule: string;
  /** The winner beside each other model: a test on the samples of both. */
  readonly tests: readonly {readonly against: string; readonly test: PairedTest}[];
  /** In words: who won, and whether anything beats the base rate. */
  readonly verdict: string;
  /** Where the winner was recorded. */
  readonly recorded?: string;
  readonly warnings: readonly string[];
}

/** Measures models on the same held-out candles and picks the winner.
 *  @throws USAGE for fewer than two or one named twice, CONFIG_INVALID where nothing is held out from one of them, CANDLES_TOO_FEW, INTERRUPTED, and what reading candles and
 *  loading models throws */
export async function compareModels(request: ComparisonRequest): Promise<Comparison> {
  const models: Model[] = [];
  try {
    for (const name of request.models) models.push(await loadNamed(name, request.modelsDirectory));
    return await compareLoaded(models, request);
  } finally {
    for (const model of models) model.network.dispose();
  }
}

async function compareLoaded(models: readonly Model[], request: ComparisonRequest): Promise<Comparison> {
  requireComparable(models);
  const {file, history} = await readHistory(request.candlesFile, request.signal);
  const known = models.map(heldOutFromMs).filter((ms) => ms !== undefined);
  if (request.fromMs === undefined && known.length < models.length) throw nothingHeldOut(models);
  const heldOutFrom = Math.max(...known);
  const fromMs = request.fromMs ?? heldOutFrom;
  // What a model does not say, whoever names --from vouches for.
  const heldOut = !(fromMs < heldOutFrom);
  const warnings = [...(file.findings?.warnings ?? []), ...foreignTimeframes(models, file.timeframe)];
  if (!heldOut) {
    warnings.push(
      `candles from ${isoOf(fromMs)} on are compared, but those before ${isoOf(heldOutFrom)} were seen in training: the numbers flatter, and no winner is recorded`,
    );
  }

  const {feeBps = 10, slippageBps = 2, onProgress} = request;
  const sentiment = await openSentiment(readSentimentSource(request.sentiment, request.environment ?? {}), {
    clock: {nowMs: () => Date.now()},
    signal: request.signal,
    onNote: (note) => warnings.push(note),
  });
  const ground = {
    ...{history, timeframe: file.timeframe, fromMs, feeBps, slippageBps, onProgress},
    observed: sentiment.option,
  };
  const measured: Measured[] = [];
  try {
    for (const model of models) {
      requireGoingOn(request.signal);
      measured.push(await measureModel(model, ground));
    }
  } finally {
    sentiment.close();
  }
  const compared = measured.map(({compared}) => compared);
  const best = pickWinner(
    compared.map(({model, assessment: {metrics}}) => ({
      ...{model, logLoss: metrics.logLoss, accuracy: metrics.accuracy},
    })),
  );
  const {times} = measured[0]!;
  const candles = {
    ...{name: basename(request.candlesFile), sha256: await sha256OfFile(request.candlesFile)},
    ...{from: isoOf(times[0]!), to: isoOf(times.at(-1)!), samples: times.length},
  };
  const recorded = heldOut ? await record(request, {compared, candles, winner: best.model}) : undefined;
  const winner = measured.find(({compared: {model}}) => model === best.model)!;
  return {
    ...{candles, heldOut, models: compared, winner: best.model, rule: WINNER_RULE, warnings},
    tests: measured
      .filter((one) => one !== winner)
      .map(({compared: {model}, outcomes}) => ({
        against: model,
        test: pairedTest(correctness(winner.outcomes), correctness(outcomes), winner.compared.horizon),
      })),
    verdict: verdictOf(compared, winner.compared),
    ...(recorded === undefined ? {} : {recorded}),
  };
}

async function record(
  {recordIn}: ComparisonRequest,
  found: {compared: readonly ComparedModel[]; candles: BestRecord['candles']; winner: string},
): Promise<string | undefined> {
  if (recordIn === undefined) return undefined;
  const {compared, candles, winner} = found;
  const path = join(recordIn, BEST_FILE);
  const content: BestRecord = {
    ...{format: 1, winner, rule: WINNER_RULE},
    beatsBaseRate: compared.find(({model}) => model === winner)!.assessment.beatsBaseRate,
    candidates: compared.map(({model, weightsSha256, assessment: {metrics}}) => ({
      ...{model, weightsSha256, logLoss: metrics.logLoss, accuracy: metrics.accuracy},
    })),
    ...{candles, created: isoOf(Date.now())},
  };
  await makeDirectory(recordIn);
  await writeFileAtomic(path, `${JSON.stringify(content, null, 2)}\n`);
  return path;
}

function verdictOf(compared: readonly ComparedModel[], winner: ComparedModel): string {
  const beating = compared.filter(({assessment}) => assessment.beatsBaseRate).map(({model}) => model);
  const skill =
    beating.length === 0
      ? `${compared.length === 2 ? 'Neither' : 'None'} of them beats the base rate: this is no shown skill, and no reason to trade.`
      : `Above the base rate, interval and all: ${beating.join(', ')}.`;
  const costs = tradedVerdictOf(winner);
  return `${winner.model} wins: ${WINNER_RULE}. ${skill}${costs}`;
}

function tradedVerdictOf({threshold, traded: {fills, performance}}: ComparedModel): string {
  if (fills === 0) return ` It bought nothing: no forecast that the risk audit passed crossed ${threshold}.`;
  const {sharpe, totalReturn} = performance;
  return totalReturn > 0
    ? ''
    : ` After costs its own decisions did not gain (Sharpe ${sharpe?.toFixed(2) ?? 'none'}).`;
}

/** A path stays one: two folders may hold models of the same name. */
async function loadNamed(name: string, directory: string | undefined): Promise<Model> {
  const model = await requireModel(name, directory);
  return isBareModelName(name) ? model : {...model, name};
}

function requireComparable(models: readonly Model[]): void {
  if (models.length < 2) throw new DlTradeError('USAGE', 'a comparison needs two models at least');
  const twice = models.find(({name}, i) => models.findIndex((other) => other.name === name) < i);
  if (twice !== undefined) {
    throw new DlTradeError(
      'USAGE',
      `models was "${models.map(({name}) => name).join(',')}", which names ${twice.name} twice`,
      {
        details: {model: twice.name},
      },
    );
  }
  const [first, ...others] = models;
  for (const {name, manifest} of others) {
    for (const field of ['horizon', 'sequenceLength'] as const) {
      if (manifest[field] === first!.manifest[field]) continue;
      throw new DlTradeError(
        'CONFIG_INVALID',
        `${field} of ${name} was "${manifest[field]}", want ${first!.manifest[field]} as of ${first!.name}: they do not forecast the same thing`,
        {details: {field, model: name}},
      );
    }
  }
}

function nothingHeldOut(models: readonly Model[]): DlTradeError {
  const silent = models.filter((model) => heldOutFromMs(model) === undefined).map(({name}) => name);
  return new DlTradeError(
    'CONFIG_INVALID',
    `${silent.join(' and ')} does not say which candles it was trained on; name the first one that it has not seen with --from`,
    {details: {models: silent}},
  );
}

function foreignTimeframes(models: readonly Model[], {name}: Timeframe): string[] {
  return models
    .filter(({manifest}) => manifest.trainedOn.timeframe !== name)
    .map(
      (model) =>
        `${model.name} was trained on ${model.manifest.trainedOn.timeframe} candles, these are ${name} ones`,
    );
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}
