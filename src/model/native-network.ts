/** What the native addon computes with and hands out, in types: a network, a stream of rows, what a checkpoint holds. */

/** Which of the two networks. */
export type Architecture = 'bilstm' | 'transformer';

/** What `BiLSTMClassifier` and `TransformerClassifier` are made with; names as in PyTorch. */
export interface BiLSTMHyperparameters {
  readonly architecture: 'bilstm';
  readonly input_size: number;
  readonly hidden_size: number;
  readonly num_layers: number;
  readonly dropout: number;
}

/** What `TransformerClassifier` is made with; names as in PyTorch. */
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

/** The sizes of a network, told apart by its architecture. */
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
  /** Logits of every window of a history, without building any: what neighbouring windows share is computed once. The same bits as
   *  `predict` gives for each window.
   *  @param rows float32, shape [rows, input_size], row-major, finite
   *  @returns float32, shape [rows - steps + 1]; empty where there are fewer rows than a window has
   *  @throws as `predict` */
  predictHistory(rows: Float32Array, steps: number): Float32Array;
  /** The same off the main thread; `rows` is copied before the call returns. */
  predictHistoryAsync(rows: Float32Array, steps: number): Promise<Float32Array>;
  /** A window that moves on by a row at a time. The same bits as `predict` gives for each window.
   *  @throws as `predict` */
  openStream(steps: number): NetworkStream;
  /** As `predict`, by LibTorch's modules as they stand: what the fast path is held against. */
  predictNaive(windows: Float32Array, batch: number, steps: number): Float32Array;
  /** What computes its logits: `nativeVersions().kernel`, or `naive` where the two disagreed on these weights. */
  readonly kernel: string;
  /** Every parameter and buffer by its PyTorch name; copies. */
  parameters(): Record<string, {readonly shape: readonly number[]; readonly data: Float32Array}>;
  /** Writes a `.pth` that `torch.load(weights_only=True)` loads: `{model_state_dict, hyperparameters}`.
   *  Written beside the target, synced and renamed, so that a crash leaves the old file or the new one. */
  save(path: string): void;
  /** Frees the native memory; every later call throws `NATIVE_FAILED`. Twice is fine. */
  dispose(): void;
}

/** The last rows of a network's input, oldest first: each push computes the new row's share alone. */
export interface NetworkStream {
  /** Takes the next row in.
   *  @param row float32, shape [input_size], finite
   *  @returns the logit of the window that ends with it; undefined until there are as many rows as a window has
   *  @throws TypeError for a wrong row, which is not taken then, NATIVE_FAILED once closed */
  push(row: Float32Array): number | undefined;
  /** As `push`, for a row whose logit nobody needs. */
  observe(row: Float32Array): void;
  /** Forgets every row: the next one begins a segment. */
  reset(): void;
  /** Frees its memory, which the garbage collector does as well; twice is fine. */
  close(): void;
}

/** One tensor of a checkpoint. */
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

/** What a checkpoint holds, or the code and the sentence with which it is refused. */
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
      /** The sizes read off the shapes; null with `architecture`. */
      readonly sizes: Hyperparameters | null;
    }
  | {
      readonly ok: false;
      /** Stable code of the rule that was broken. */
      readonly code: string;
      readonly message: string;
    };

/** What computes; recorded beside results that are to be reproduced to the bit. */
export interface NativeVersions {
  readonly addon: string;
  readonly libtorch: string;
  readonly napi: number;
  /** The instruction set of LibTorch's kernels, such as `AVX512`. */
  readonly isa: string;
  /** What computes logits: `fused-1`, the fast path, whose bits depend on nothing else here, or `naive`, LibTorch's modules. */
  readonly kernel: string;
  /** Threads that one computation may use. */
  readonly threads: number;
}
