import type {Hyperparameters, NativeNetwork} from './native-network.js';

/** Everything that a native training is told; `trainNetwork` fills in what a caller leaves out. */
export interface TrainingSettings {
  readonly hyperparameters: Hyperparameters;
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly weightDecay: number;
  readonly gradientClip: number;
  readonly schedulerFactor: number;
  readonly schedulerPatience: number;
  readonly earlyStoppingPatience: number;
  readonly seed: number;
  readonly threads: number;
  readonly shuffle: boolean;
  /** Of both datasets; a checkpoint of others is not gone on from. */
  readonly dataIdentity: string;
  /** Of the weights in `initialWeights`; empty where they are drawn. */
  readonly initialWeightsIdentity: string;
  readonly initialWeights: string | undefined;
  readonly checkpointPath: string | undefined;
  readonly resume: boolean;
  /** The least time between two progress events; 0 gives one a batch. */
  readonly progressIntervalMs: number;
  /** Ends before the first batch, its checkpoint written. */
  readonly stopped: boolean;
}

/** One part of the samples; parts that share their arrays share one copy of them in native memory. */
export interface TrainingPart {
  /** float32, shape [N, F], row-major, finite. */
  readonly inputs: Float32Array;
  /** shape [N]; 0 or 1. */
  readonly labels: Uint8Array;
  /** Rows that the windows end on. */
  readonly samples: Int32Array;
}

export interface TrainingInput {
  /** T. */
  readonly steps: number;
  /** F. */
  readonly size: number;
  readonly train: TrainingPart;
  readonly validation: TrainingPart;
}

/** Where a training is, after a batch. */
export interface TrainingProgress {
  /** From 1. */
  readonly epoch: number;
  readonly epochs: number;
  /** Finished ones of the epoch. */
  readonly batch: number;
  readonly batches: number;
  /** Mean over the epoch so far. */
  readonly loss: number;
  /** Of this batch alone. */
  readonly batchLoss: number;
  /** Of this batch, before clipping. */
  readonly gradientNorm: number;
  readonly learningRate: number;
  /** Training samples, since this run began. */
  readonly samplesPerSecond: number;
  /** Until the last epoch has ended; early stopping may come before. */
  readonly etaMs: number;
}

/** What one epoch came to. */
export interface EpochRecord {
  /** From 1. */
  readonly epoch: number;
  /** Mean over the samples, with dropout, while the weights changed. */
  readonly trainLoss: number;
  readonly validationLoss: number;
  /** Share of validation samples on the right side of 1/2. */
  readonly validationAccuracy: number;
  /** The one that the epoch was trained with. */
  readonly learningRate: number;
  /** Mean over the batches, before clipping. */
  readonly gradientNorm: number;
  readonly seconds: number;
  /** The lowest validation loss so far. */
  readonly best: boolean;
}

/** What a training came to. */
export interface TrainingResult {
  /** With the weights of the best epoch by validation loss; of the last batch where no epoch has ended. */
  readonly network: NativeNetwork;
  readonly history: readonly EpochRecord[];
  /** From 1; 0 where no epoch has ended. */
  readonly bestEpoch: number;
  readonly ended: 'completed' | 'stopped-early' | 'interrupted';
}

/** Heard in this order: any number of the first two, then one of the last two. None may throw. */
export interface TrainingListeners {
  readonly onProgress: (progress: TrainingProgress) => void;
  /** After the epoch's checkpoint is written. */
  readonly onEpoch: (epoch: EpochRecord) => void;
  readonly onDone: (result: TrainingResult) => void;
  /** `TRAINING_DIVERGED`, `TRAINING_MISMATCH`, `CHECKPOINT_REFUSED`, `MODEL_INVALID`, `OUTPUT_FAILED`, `NATIVE_FAILED`, or a
   *  TypeError. */
  readonly onFailed: (error: unknown) => void;
}

/** A training under way, on a thread of its own; it keeps the process alive. */
export interface NativeTraining {
  /** Ends it at the next batch, its checkpoint written; twice, or after its end, is fine. */
  stop(): void;
}
