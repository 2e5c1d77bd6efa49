import {DlTradeError} from '../domain/errors.js';
import {FEATURE_COUNT} from '../features/schema.js';
import type {InputScale} from '../model/anchored-inputs.js';
import type {Architecture, Hyperparameters} from '../model/native-network.js';
import type {Assessment} from '../training/assess.js';
import type {Outcomes} from '../training/metrics/classification-metrics.js';
import type {SplitBoundaries} from '../training/splits.js';
import type {EpochRecord, TrainingProgress} from '../model/native-training.js';

/** What a training is asked for; whatever is not given has the default of DESIGN's networks and trainer. */
export interface TrainingRequest {
  /** `lstm` (or `bilstm`) or `transformer`. */
  readonly network: string;
  /** Sizes other than the defaults; each belongs to one of the networks or to both. */
  readonly sizes?: Partial<{
    hidden_size: number;
    d_model: number;
    nhead: number;
    num_layers: number;
    dim_feedforward: number;
    dropout: number;
  }>;
  readonly candlesFile: string;
  /** The model's directory: `models/lstm`. While it trains, checkpoints lie in `<out>.training`. */
  readonly out: string;
  /** Such as `BTC/USDT`; by default what the file's name says. */
  readonly symbol?: string | undefined;
  readonly epochs?: number | undefined;
  readonly batchSize?: number | undefined;
  readonly learningRate?: number | undefined;
  readonly patience?: number | undefined;
  readonly seed?: number | undefined;
  readonly threads?: number | undefined;
  /** Candles that a label looks ahead; 5 unless said otherwise. */
  readonly horizon?: number | undefined;
  /** Rows of a window; 50 unless said otherwise. */
  readonly sequenceLength?: number | undefined;
  readonly inputScale?: InputScale | undefined;
  readonly embargo?: number | undefined;
  /** A fold of a walk-forward. */
  readonly boundaries?: ((samples: number) => SplitBoundaries) | undefined;
  /** Source of fear_greed_index: a file, `alternative.me` or `none`; default: TRADING_SENTIMENT of `environment`, else none. */
  readonly sentiment?: string | undefined;
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
  /** Goes on where an interrupted training of the same settings stopped; begins where there is none, and no model either. */
  readonly resume?: boolean | undefined;
  /** Begins anew where a stopped training lies; without it and without `resume` such a training is left as it is. */
  readonly restart?: boolean | undefined;
  /** Leaves the test part alone: for choosing settings, which must not see it. */
  readonly skipTest?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Who is told what, as it happens. */
export interface TrainingListeners {
  /** Before training begins. */
  onPrepared?(prepared: PreparedTraining): void;
  /** After each round of a baseline. */
  onBaseline?(name: string, rounds: number): void;
  /** After each batch. */
  onProgress?(progress: TrainingProgress): void;
  /** After each epoch. */
  onEpoch?(epoch: EpochRecord, epochs: number): void;
  /** A warning for people. */
  onNote?(text: string): void;
}

/** What is trained on, said before it begins. */
export interface PreparedTraining {
  readonly hyperparameters: Hyperparameters;
  readonly symbol: string;
  readonly timeframe: string;
  readonly horizon: number;
  readonly rows: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly samples: {
    readonly train: number;
    readonly validation: number;
    readonly test: number;
    readonly purged: number;
  };
}

/** What a model and the baselines said of every sample of the test part. */
export interface HeldOutForecasts extends Outcomes {
  /** Open times of the candles that the samples end on, ms. */
  readonly openTimesMs: Float64Array;
  /** Probabilities of the baselines, by name. */
  readonly baselines: Readonly<Record<string, Float64Array>>;
}

/** A finished training. */
export interface TrainedModel {
  readonly out: string;
  readonly ended: 'completed' | 'stopped-early';
  readonly bestEpoch: number;
  readonly history: readonly EpochRecord[];
  readonly prepared: PreparedTraining;
  readonly validation: Assessment;
  /** Absent where the test part was left alone. */
  readonly test?: Assessment;
  /** What the test part's assessment rests on. */
  readonly heldOut?: HeldOutForecasts;
  readonly threshold: number;
  readonly summary: string;
  readonly weightsSha256: string;
}

const ARCHITECTURES: Readonly<Record<string, Architecture>> = {
  lstm: 'bilstm',
  bilstm: 'bilstm',
  transformer: 'transformer',
};
/** The sizes of the network that a request wants.
 *  @throws CONFIG_INVALID for a network that is none, or a size that it does not have */
export function hyperparametersOf({network, sizes = {}}: TrainingRequest): Hyperparameters {
  const architecture = ARCHITECTURES[network];
  if (architecture === undefined) {
    throw new DlTradeError(
      'CONFIG_INVALID',
      `model was "${network}", want lstm or transformer: the networks that can be trained`,
      {details: {network}},
    );
  }
  const shared = {
    input_size: FEATURE_COUNT,
    num_layers: sizes.num_layers ?? 2,
    dropout: sizes.dropout ?? 0.2,
  };
  const foreign =
    architecture === 'bilstm'
      ? (['d_model', 'nhead', 'dim_feedforward'] as const)
      : (['hidden_size'] as const);
  for (const size of foreign) {
    if (sizes[size] === undefined) continue;
    throw new DlTradeError('CONFIG_INVALID', `${size} was "${sizes[size]}", but a ${network} has none`, {
      details: {size},
    });
  }
  if (architecture === 'bilstm') return {architecture, ...shared, hidden_size: sizes.hidden_size ?? 128};
  const {d_model = 128, nhead = 8} = sizes;
  return {
    ...{architecture, ...shared, d_model, nhead, max_len: 5000},
    dim_feedforward: sizes.dim_feedforward ?? 4 * d_model,
  };
}
