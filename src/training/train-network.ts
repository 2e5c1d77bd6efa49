import type {Hyperparameters, NativeNetwork} from '../model/native.js';
import type {TimeSeriesDataset} from './time-series-dataset.js';
export interface TrainNetworkOptions {
  readonly hyperparameters: Hyperparameters;
  readonly train: TimeSeriesDataset;
  readonly validation: TimeSeriesDataset;
  readonly epochs?: number;
  readonly batchSize?: number;
  readonly learningRate?: number;
  readonly weightDecay?: number;
  readonly gradientClip?: number;
  readonly scheduler?: {factor: number; patience: number};
  readonly earlyStoppingPatience?: number;
  readonly seed?: number;
  readonly threads?: number;
  readonly checkpointPath?: string;
  readonly resume?: boolean;
  readonly initialWeights?: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: TrainingProgress) => void;
  readonly onEpoch?: (epoch: EpochRecord) => void;
}
export interface TrainingProgress {
  readonly epoch: number;
  readonly epochs: number;
  readonly batch: number;
  readonly batches: number;
  readonly loss: number;
  readonly learningRate: number;
  readonly samplesPerSecond: number;
  readonly etaMs: number;
}
export interface EpochRecord {
  readonly epoch: number;
  readonly trainLoss: number;
  readonly validationLoss: number;
  readonly validationAccuracy: number;
  readonly learningRate: number;
  readonly seconds: number;
  readonly best: boolean;
}
export interface TrainingResult {
  readonly network: NativeNetwork;
  readonly history: readonly EpochRecord[];
  readonly bestEpoch: number;
  readonly ended: 'completed' | 'stopped-early' | 'interrupted';
}
export async function trainNetwork(_options: TrainNetworkOptions): Promise<TrainingResult> {
  await Promise.resolve();
  throw new Error('to come');
}
