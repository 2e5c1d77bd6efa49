/** The native addon's whole surface. This file is the only one that loads the `.node` file. */

export type Architecture = 'bilstm' | 'transformer';

/** What `BiLSTMClassifier` and `TransformerClassifier` are made with; names as in PyTorch. */
export interface BiLSTMHyperparameters {
  readonly architecture: 'bilstm';
  readonly input_size: number;
  readonly hidden_size: number;
  readonly num_layers: number;
  readonly dropout: number;
}

export interface TransformerHyperparameters {
  readonly architecture: 'transformer';
  readonly input_size: number;
  readonly d_model: number;
  readonly nhead: number;
  readonly num_layers: number;
  readonly dim_feedforward: number;
  readonly max_len: number;
  readonly dropout: number;
}

export type Hyperparameters = BiLSTMHyperparameters | TransformerHyperparameters;

/** One network with its weights, in native memory. */
export interface NativeNetwork {
  readonly hyperparameters: Hyperparameters;
  readonly parameterCount: number;
  /** Logits of a batch, computed on the calling thread.
   *  @param windows float32, shape [batch, steps, input_size], row-major, finite
   *  @returns float32, shape [batch]
   *  @throws TypeError for a wrong kind of argument, `NATIVE_FAILED` for a disposed network */
  predict(windows: Float32Array, batch: number, steps: number): Float32Array;
  /** The same off the main thread; `windows` is copied before the call returns. */
  predictAsync(windows: Float32Array, batch: number, steps: number): Promise<Float32Array>;
  /** Every parameter and buffer by its PyTorch name; copies. */
  parameters(): Record<string, {readonly shape: readonly number[]; readonly data: Float32Array}>;
  /** Writes a `.pth` that `torch.load(weights_only=True)` loads: `{model_state_dict, hyperparameters}`.
   *  Written beside the target, synced and renamed, so that a crash leaves the old file or the new one. */
  save(path: string): void;
  /** Frees the native memory; every later call throws `NATIVE_FAILED`. Twice is fine. */
  dispose(): void;
}

export interface InspectedTensor {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Values that are NaN or infinite. */
  readonly nonfinite: number;
}

/** A plain value of a checkpoint: what is not a tensor. Integers beyond 2^53 are decimal strings. */
export type CheckpointValue =
  null | boolean | number | string | readonly CheckpointValue[] | {readonly [key: string]: CheckpointValue};

export type InspectReport =
  | {
      readonly ok: true;
      /** Such as `torch-zip`. */
      readonly format: string;
      readonly tensors: readonly InspectedTensor[];
      /** What the file says of itself; null where it says nothing. */
      readonly hyperparameters: CheckpointValue;
      /** What the names and shapes say it is; null where they fit neither network. */
      readonly architecture: Architecture | null;
    }
  | {
      readonly ok: false;
      /** Stable code of the rule that was broken. */
      readonly code: string;
      readonly message: string;
    };
