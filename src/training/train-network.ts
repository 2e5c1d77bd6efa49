import {createHash} from 'node:crypto';
import {readFile} from 'node:fs/promises';
import {z} from 'zod';
import {DlTradeError} from '../domain/errors.js';
import {unreadable} from '../files/file-errors.js';
import {startTraining} from '../model/native.js';
import type {Hyperparameters} from '../model/native-network.js';
import type {
  EpochRecord,
  NativeTraining,
  TrainingInput,
  TrainingProgress,
  TrainingResult,
  TrainingSettings,
} from '../model/native-training.js';
import type {TimeSeriesDataset} from './time-series-dataset.js';

/** What a network is trained on, and how; a number in a comment is the default. */
export interface TrainNetworkOptions {
  readonly hyperparameters: Hyperparameters;
  readonly train: TimeSeriesDataset;
  readonly validation: TimeSeriesDataset;
  /** 50. */
  readonly epochs?: number;
  /** 32. */
  readonly batchSize?: number;
  /** Of AdamW; 0.001. */
  readonly learningRate?: number;
  /** Of AdamW; 0.00001. */
  readonly weightDecay?: number;
  /** Global L2 norm that gradients are scaled down to; 1. */
  readonly gradientClip?: number;
  /** ReduceLROnPlateau on the validation loss; 0.5 after more than 5 epochs. */
  readonly scheduler?: {readonly factor: number; readonly patience: number};
  /** Epochs without a lower validation loss before training ends; 10. */
  readonly earlyStoppingPatience?: number;
  /** Draws the initial weights, the shuffles and the dropout: whole number from 0 to 2^53 - 1; 0. */
  readonly seed?: number;
  /** 1. Another number may round differently. */
  readonly threads?: number;
  /** Off, batches come in the order of the samples; on unless said otherwise. */
  readonly shuffle?: boolean;
  /** A file that is written at the start, after each epoch and where training is stopped, atomically; none unless said so. */
  readonly checkpointPath?: string;
  /** Go on from `checkpointPath` where it exists, to the same result as never having stopped; else it is written anew. */
  readonly resume?: boolean;
  /** Path of a `.pth` to start from. */
  readonly initialWeights?: string;
  /** Stops at the next batch, with the checkpoint written. */
  readonly signal?: AbortSignal;
  /** Told how far it is, no more often than `progressIntervalMs`. */
  readonly onProgress?: (progress: TrainingProgress) => void;
  /** The least time between two calls of `onProgress`; 200 ms. 0 gives one a batch. */
  readonly progressIntervalMs?: number;
  /** Called when the epoch's checkpoint is written. */
  readonly onEpoch?: (epoch: EpochRecord) => void;
}

const COUNT = z.int().min(1).max(2_147_483_647);
const POSITIVE = z.number().positive();

const SETTINGS = z.object({
  epochs: COUNT.default(50),
  batchSize: COUNT.default(32),
  learningRate: POSITIVE.default(1e-3),
  weightDecay: z.number().min(0).default(1e-5),
  gradientClip: POSITIVE.default(1),
  scheduler: z
    .object({factor: z.number().gt(0).lt(1), patience: z.int().min(0).max(2_147_483_647)})
    .default({factor: 0.5, patience: 5}),
  earlyStoppingPatience: COUNT.default(10),
  seed: z.int().min(0).default(0),
  threads: z.int().min(1).max(1024).default(1),
  shuffle: z.boolean().default(true),
  progressIntervalMs: z.number().min(0).default(200),
});

/** Trains a network natively, off the main thread: AdamW on the mean BCE with logits. The same options, data, machine and
 *  number of threads give the same weights and history to the bit, however often training was stopped and resumed.
 *  An aborted training resolves too, as `interrupted`; what a callback throws ends it and is thrown.
 *  @throws CONFIG_INVALID naming the option, TRAINING_MISMATCH naming what differs from the checkpoint,
 *    TRAINING_DIVERGED, CHECKPOINT_REFUSED and MODEL_INVALID for a file to start from, FILE_UNREADABLE, OUTPUT_FAILED,
 *    NATIVE_FAILED, NATIVE_UNAVAILABLE */
export async function trainNetwork(options: TrainNetworkOptions): Promise<TrainingResult> {
  const {scheduler, ...settings} = parseSettings(options);
  const {initialWeights, checkpointPath} = options;
  const initialWeightsIdentity = initialWeights === undefined ? '' : await identityOfFile(initialWeights);
  const input = trainingInput(options);
  const native: TrainingSettings = {
    ...settings,
    hyperparameters: options.hyperparameters,
    schedulerFactor: scheduler.factor,
    schedulerPatience: scheduler.patience,
    dataIdentity: identityOf(input),
    initialWeightsIdentity,
    initialWeights,
    checkpointPath,
    resume: options.resume ?? false,
    stopped: options.signal?.aborted ?? false,
  };
  return run(native, input, options);
}

async function run(
  settings: TrainingSettings,
  input: TrainingInput,
  {signal, onProgress, onEpoch}: TrainNetworkOptions,
): Promise<TrainingResult> {
  let training: NativeTraining | undefined;
  let thrown: {readonly error: unknown} | undefined;
  const stop = (): void => {
    training?.stop();
  };
  // Called from the addon, where nobody could catch what it throws.
  const guarded =
    <Payload>(listener: ((payload: Payload) => void) | undefined) =>
    (payload: Payload): void => {
      if (thrown !== undefined) return;
      try {
        listener?.(payload);
      } catch (error) {
        thrown = {error};
        stop();
      }
    };
  try {
    const result = await new Promise<TrainingResult>((resolve, reject) => {
      training = startTraining(settings, input, {
        onProgress: guarded(onProgress),
        onEpoch: guarded(onEpoch),
        onDone: resolve,
        onFailed: reject,
      });
      signal?.addEventListener('abort', stop, {once: true});
    });
    if (thrown === undefined) return result;
    result.network.dispose();
    throw thrown.error;
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

function parseSettings(options: TrainNetworkOptions): z.infer<typeof SETTINGS> {
  const parsed = SETTINGS.safeParse(options);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  const name = issue.path.join('.');
  const value = issue.path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown>)[key], options);
  throw new DlTradeError('CONFIG_INVALID', `${name} was "${String(value)}": ${issue.message}`, {
    details: {option: name, value},
  });
}

function trainingInput({train, validation}: TrainNetworkOptions): TrainingInput {
  for (const [name, {length}] of Object.entries({train, validation})) {
    if (length > 0) continue;
    throw new DlTradeError('CANDLES_TOO_FEW', `the ${name} part has no sample; give a longer history`, {
      details: {part: name},
    });
  }
  const [a, b] = [train.shape, validation.shape];
  if (a.steps !== b.steps || a.size !== b.size) {
    throw new DlTradeError(
      'CONFIG_INVALID',
      `validation has windows of ${String(b.steps)} x ${String(b.size)}, want those of train,`
        + ` ${String(a.steps)} x ${String(a.size)}`,
    );
  }
  const part = ({source, samples}: TimeSeriesDataset) => ({
    inputs: source.inputs,
    labels: source.labels,
    samples,
  });
  return {...a, train: part(train), validation: part(validation)};
}

/** Changes with any input, label, sample or shape. */
function identityOf({train, validation, steps, size}: TrainingInput): string {
  const hash = createHash('sha256').update(`${String(steps)} ${String(size)}`);
  for (const {inputs, labels, samples} of [train, validation]) {
    for (const array of [inputs, labels, samples]) {
      hash.update(` ${String(array.length)} `);
      hash.update(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
    }
  }
  return hash.digest('hex');
}

async function identityOfFile(path: string): Promise<string> {
  try {
    return createHash('sha256')
      .update(await readFile(path))
      .digest('hex');
  } catch (cause) {
    throw unreadable(path, cause);
  }
}
