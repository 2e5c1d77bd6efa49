import {existsSync} from 'node:fs';
import {rm} from 'node:fs/promises';
import {dirname, join, resolve} from 'node:path';
import {setImmediate} from 'node:timers/promises';
import {readSentimentSource} from '../config/sentiment-source.js';
import type {Candle} from '../domain/candle.js';
import {DlTradeError} from '../domain/errors.js';
import {makeDirectory} from '../files/make-directory.js';
import type {Hyperparameters, NativeNetwork} from '../model/native-network.js';
import {assess, verdictOf} from '../training/assess.js';
import type {Baseline} from '../training/baselines/baseline.js';
import {GradientBoosting} from '../training/baselines/gradient-boosting.js';
import {LogisticRegression} from '../training/baselines/logistic-regression.js';
import {chooseThreshold} from '../training/choose-threshold.js';
import {forecastDataset} from '../training/forecast-dataset.js';
import {prepareTraining} from '../training/prepare-training.js';
import type {TrainingData} from '../training/prepare-training.js';
import type {TimeSeriesDataset} from '../training/time-series-dataset.js';
import {trainNetwork} from '../training/train-network.js';
import type {TrainingProgress, TrainingResult} from '../model/native-training.js';
import {requireGoingOn} from './interruption.js';
import {ModelPersistence} from './model-persistence.js';
import {missingSentiment, openSentiment} from './open-sentiment.js';
import {readHistory} from './read-history.js';
import {symbolInName} from './symbol-in-name.js';
import {goldenOf, manifestOf} from './trained-manifest.js';
import {hyperparametersOf} from './training-request.js';
import type {
  HeldOutForecasts,
  PreparedTraining,
  TrainedModel,
  TrainingListeners,
  TrainingRequest,
} from './training-request.js';

/** Trains a network on the candles of a file and saves it as a model: regime and scaler of training candles alone, everything
 *  chosen on validation, the test part looked at once.
 *  @throws INTERRUPTED at an abort, with the checkpoint saved; USAGE where a stopped training would be written over; CONFIG_INVALID CANDLES_TOO_FEW TRAINING_FAILED OUTPUT_FAILED and what
 *  reading candles throws */
export async function trainModel(
  request: TrainingRequest,
  listeners: TrainingListeners = {},
): Promise<TrainedModel> {
  const {out, signal, horizon = 5} = request;
  const hyperparameters = hyperparametersOf(request);
  const checkpointPath = checkpointPathOf(out);
  requireNoneStopped(request, checkpointPath);
  const models = new ModelPersistence('.');
  await models.requirePlace(resolve(out));
  const {file, history} = await readHistory(request.candlesFile, signal);
  for (const warning of file.findings?.warnings ?? []) listeners.onNote?.(warning);
  const data = await prepare(history, request, listeners);
  const prepared = describe(data, {request, hyperparameters, timeframe: file.timeframe.name});
  listeners.onPrepared?.(prepared);

  const baselines = await fitBaselines(data, request, listeners);
  await makeDirectory(dirname(checkpointPath));
  const trained = await train(request, {hyperparameters, data, checkpointPath, listeners});
  const {network} = trained;
  try {
    const onValidation = await forecastPart(network, data.validation, baselines);
    const validation = assess(onValidation, {part: 'validation', horizon, baselines: onValidation.baselines});
    const threshold = chooseThreshold(onValidation.probabilities);
    requireGoingOn(signal);
    const heldOut = request.skipTest === true ? undefined : await forecastPart(network, data.test, baselines);
    const test =
      heldOut === undefined
        ? undefined
        : assess(heldOut, {part: 'test', horizon, baselines: heldOut.baselines});
    const summary = verdictOf(test ?? validation);
    const manifest = manifestOf({
      request,
      data,
      prepared,
      trained,
      assessment: test ?? validation,
      threshold,
      summary,
    });
    const golden = goldenOf(network, data.test);
    const saved = await models.save(resolve(out), {network, manifest, golden});
    await rm(checkpointPath, {recursive: true, force: true});
    return {
      ...{
        out,
        bestEpoch: trained.bestEpoch,
        history: trained.history,
        prepared,
        validation,
        threshold,
        summary,
      },
      ended: trained.ended === 'interrupted' ? 'completed' : trained.ended,
      weightsSha256: saved.weightsSha256,
      ...(test === undefined || heldOut === undefined ? {} : {test, heldOut}),
    };
  } finally {
    network.dispose();
  }
}

/** Where a training keeps its checkpoint until its model is written. */
export function checkpointPathOf(out: string): string {
  return `${resolve(out)}.training`;
}

/** Hours of a stopped training are not written over because a flag was forgotten, and no model because a name was misspelt. */
function requireNoneStopped({out, resume, restart}: TrainingRequest, checkpointPath: string): void {
  const isStopped = existsSync(checkpointPath);
  if (isStopped ? resume === true || restart === true : resume !== true || !holdsModel(out)) return;
  throw new DlTradeError(
    'USAGE',
    isStopped
      ? `a stopped training lies in "${out}.training"; go on with it with --resume, or begin anew with --restart`
      : `no stopped training lies in "${out}.training", and "${out}" holds a model; leave --resume out to train another in its place`,
    {details: {checkpointPath}},
  );
}

function holdsModel(directory: string): boolean {
  return existsSync(join(directory, 'manifest.json'));
}

function describe(
  {split, features}: TrainingData,
  about: {request: TrainingRequest; hyperparameters: Hyperparameters; timeframe: string},
): PreparedTraining {
  const {request, hyperparameters, timeframe} = about;
  return {
    ...{hyperparameters, timeframe, horizon: request.horizon ?? 5},
    symbol: request.symbol ?? symbolInName(request.candlesFile) ?? 'BTC/USDT',
    rows: features.openTimesMs.length,
    fromMs: features.openTimesMs[0]!,
    toMs: features.openTimesMs.at(-1)!,
    samples: {
      ...{train: split.train.length, validation: split.validation.length, test: split.test.length},
      purged: split.purged,
    },
  };
}

async function prepare(
  history: readonly Candle[],
  request: TrainingRequest,
  listeners: TrainingListeners,
): Promise<TrainingData> {
  const {horizon, sequenceLength, inputScale, embargo, boundaries, signal} = request;
  const source = readSentimentSource(request.sentiment, request.environment ?? {});
  const sentiment = await openSentiment(source, {
    clock: {nowMs: () => Date.now()},
    signal,
    onNote: (note) => listeners.onNote?.(note),
  });
  try {
    const data = prepareTraining(history, {
      ...given({horizon, sequenceLength, inputScale, embargo, boundaries}),
      ...sentiment.option,
    });
    const observed = data.features.sentimentObserved.reduce((sum, one) => sum + one, 0);
    for (const note of missingSentiment(source, {rows: data.features.openTimesMs.length, observed}))
      listeners.onNote?.(note);
    return data;
  } finally {
    sentiment.close();
  }
}

/** Without the fields that were not given. */
function given<T extends object>(fields: T): {[K in keyof T]?: Exclude<T[K], undefined>} {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}

async function fitBaselines(
  {train, validation}: TrainingData,
  {signal}: TrainingRequest,
  listeners: TrainingListeners,
): Promise<readonly Baseline[]> {
  const logistic = LogisticRegression.fit(train);
  listeners.onBaseline?.(logistic.name, 1);
  const steps = GradientBoosting.selecting(train, validation);
  for (;;) {
    // Between two trees a signal must be heard.
    await setImmediate();
    requireGoingOn(signal);
    const step = steps.next();
    if (step.done !== true) continue;
    listeners.onBaseline?.(step.value.name, step.value.rounds);
    return [logistic, step.value];
  }
}

async function forecastPart(
  network: NativeNetwork,
  dataset: TimeSeriesDataset,
  baselines: readonly Baseline[],
): Promise<HeldOutForecasts> {
  return {
    ...(await forecastDataset(network, dataset)),
    openTimesMs: Float64Array.from({length: dataset.length}, (_, sample) => dataset.openTimeMs(sample)),
    baselines: Object.fromEntries(baselines.map((one) => [one.name, one.probabilities(dataset)])),
  };
}

async function train(
  request: TrainingRequest,
  parts: {
    hyperparameters: Hyperparameters;
    data: TrainingData;
    checkpointPath: string;
    listeners: TrainingListeners;
  },
): Promise<TrainingResult> {
  const {hyperparameters, data, checkpointPath, listeners} = parts;
  const {epochs, batchSize, learningRate, patience, seed, threads, resume, signal} = request;
  const trained = await trainNetwork({
    ...{hyperparameters, train: data.train, validation: data.validation, checkpointPath},
    ...given({
      epochs,
      batchSize,
      learningRate,
      earlyStoppingPatience: patience,
      seed,
      threads,
      resume,
      signal,
    }),
    ...(listeners.onProgress === undefined
      ? {}
      : {onProgress: (progress: TrainingProgress) => listeners.onProgress?.(progress)}),
    onEpoch: (epoch) => listeners.onEpoch?.(epoch, epochs ?? 50),
  });
  if (trained.ended !== 'interrupted') return trained;
  trained.network.dispose();
  throw new DlTradeError(
    'INTERRUPTED',
    `stopped by a signal after ${trained.history.length} whole epochs; everything is saved in "${checkpointPath}": the same command with --resume goes on`,
    {details: {checkpointPath, epochs: trained.history.length}},
  );
}
