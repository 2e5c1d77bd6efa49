import {basename} from 'node:path';
import {FEATURE_SCHEMA} from '../features/schema.js';
import {makeGolden} from '../model/golden.js';
import type {Golden} from '../model/golden.js';
import type {Manifest} from '../model/manifest.js';
import {nativeVersions} from '../model/native.js';
import type {NativeNetwork} from '../model/native-network.js';
import type {Assessment} from '../training/assess.js';
import type {TrainingData} from '../training/prepare-training.js';
import type {TimeSeriesDataset} from '../training/time-series-dataset.js';
import type {TrainingResult} from '../model/native-training.js';
import type {PreparedTraining, TrainingRequest} from './training-request.js';

const GOLDEN_WINDOWS = 8;
const GOLDEN_TOLERANCE = 1e-5;

/** Some windows of the held-out part and what the network says of them now, for every later version to agree with. */
export function goldenOf(network: NativeNetwork, dataset: TimeSeriesDataset): Golden {
  const count = Math.min(GOLDEN_WINDOWS, dataset.length);
  const chosen = Array.from({length: count}, (_, i) =>
    Math.round((i * (dataset.length - 1)) / Math.max(1, count - 1)),
  );
  const {windows} = dataset.batch(chosen);
  const logits = network.predictNaive(windows, count, dataset.shape.steps);
  return makeGolden(windows, logits, {
    computedBy: `dl-trade's naive path on LibTorch ${nativeVersions().libtorch}`,
    tolerance: GOLDEN_TOLERANCE,
  });
}

/** All that a training knows of the model that it made. */
export function manifestOf(made: {
  request: TrainingRequest;
  data: TrainingData;
  prepared: PreparedTraining;
  trained: TrainingResult;
  assessment: Assessment;
  threshold: number;
  summary: string;
}): Omit<Manifest, 'weightsSha256'> {
  const {request, data, prepared, trained, assessment, threshold, summary} = made;
  const {preprocessor, regime, test} = data;
  const {addon, libtorch} = nativeVersions();
  const time = (ms: number): string => new Date(ms).toISOString();
  return {
    format: 1,
    architecture: prepared.hyperparameters.architecture,
    hyperparameters: prepared.hyperparameters,
    schema: {id: FEATURE_SCHEMA.id, hash: FEATURE_SCHEMA.hash},
    inputScale: preprocessor.inputScale,
    scaler: preprocessor.scaler.toJSON(),
    regime,
    sequenceLength: preprocessor.sequenceLength,
    horizon: preprocessor.horizon,
    decisionThreshold: threshold,
    trainedOn: {
      ...{symbol: prepared.symbol, timeframe: prepared.timeframe, source: basename(request.candlesFile)},
      ...{from: time(prepared.fromMs), to: time(prepared.toMs), rows: prepared.rows},
      heldOutFrom: time(test.openTimeMs(0)),
      split: {...prepared.samples, embargo: request.embargo ?? 0},
      seed: request.seed ?? 0,
      versions: {'dl-trade': addon, libtorch},
    },
    metrics: {
      part: assessment.part,
      samples: assessment.metrics.samples,
      values: {...assessment.intervals, baseRate: assessment.metrics.baseRate},
      baselines: assessment.baselines.map(({name, accuracy, test: {name: test, pValue, verdict}}) => ({
        ...{name, accuracy, test, pValue, verdict},
      })),
    },
    created: time(Date.now()),
    card: {
      summary,
      limitations: limitationsOf(assessment, data),
      notes: notesOf(request, trained),
    },
  };
}

function limitationsOf(assessment: Assessment, {features, preprocessor}: TrainingData): string[] {
  const sentiment = FEATURE_SCHEMA.features.findIndex(({name}) => name === 'fear_greed_index');
  const blind = preprocessor.scaler.toJSON().constant.includes(sentiment) && features.openTimesMs.length > 0;
  return [
    'Trained once, on one symbol and one timeframe; nothing is known of others.',
    'Fees and slippage are not part of its training.',
    ...(blind ? ['The fear and greed index was unknown in training: it always feeds 0.'] : []),
    ...(assessment.part === 'validation'
      ? ['Measured on the validation part alone, on which it was selected: expect less on new candles.']
      : []),
    'The decision threshold is what the most decided tenth of the validation forecasts crosses, no optimum of profit.',
  ];
}

function notesOf(
  {batchSize = 32, learningRate = 1e-3, seed = 0}: TrainingRequest,
  trained: TrainingResult,
): string {
  return (
    `Trained by dl-trade train: ${trained.history.length} epochs, the best one ${trained.bestEpoch} by validation loss, `
    + `batch ${batchSize}, AdamW with lr ${learningRate}, seed ${seed}.`
  );
}
