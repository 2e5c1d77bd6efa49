/** The native addon's whole surface. This file is the only one that loads the `.node` file. */

import {createRequire} from 'node:module';

import {DlTradeError, ERROR_CODES, type ErrorCode} from '../domain/errors.js';
import {addonAdvice, addonPlaces, thisHost, type AddonHost} from './addon-places.js';
import type {
  EpochRecord,
  NativeTraining,
  TrainingInput,
  TrainingListeners,
  TrainingProgress,
  TrainingResult,
  TrainingSettings,
} from './native-training.js';

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

/** Reads a `.pth`, all or nothing, and makes the network that its names and shapes say it is.
 *  @param expected sizes that a manifest gives; a contradiction is refused. It supplies nhead and dropout where the file
 *    does not, else they are 8 and 0.2
 *  @throws CHECKPOINT_REFUSED with `details.checkpointCode`, MODEL_INVALID, NATIVE_UNAVAILABLE, TypeError */
export function loadNetwork(path: string, expected?: Hyperparameters): NativeNetwork {
  const addon = requireAddon();
  return new AddonNetwork(
    addon,
    translated(() => addon.loadNetwork(path, expected), path),
  );
}

/** The same off the main thread. */
export async function loadNetworkAsync(path: string, expected?: Hyperparameters): Promise<NativeNetwork> {
  const addon = requireAddon();
  return new AddonNetwork(addon, await translatedAsync(() => addon.loadNetworkAsync(path, expected), path));
}

/** A network with PyTorch's initial weights.
 *  @param seed whole number from 0 to 2^53 - 1; the same seed gives the same weights
 *  @throws MODEL_INVALID for sizes that cannot be built, TypeError */
export function createNetwork(hyperparameters: Hyperparameters, seed: number): NativeNetwork {
  const addon = requireAddon();
  return new AddonNetwork(
    addon,
    translated(() => addon.createNetwork(hyperparameters, seed)),
  );
}

/** Says what a file holds, or which rule it breaks; a bad file is a report, not an error.
 *  @throws NATIVE_UNAVAILABLE, TypeError for a path that is none */
export function inspectCheckpoint(path: string): InspectReport {
  const addon = requireAddon();
  try {
    return translated(() => addon.inspectCheckpoint(path));
  } catch (error) {
    return refusalReport(error);
  }
}

/** The same off the main thread. */
export async function inspectCheckpointAsync(path: string): Promise<InspectReport> {
  const addon = requireAddon();
  try {
    return await translatedAsync(() => addon.inspectCheckpointAsync(path));
  } catch (error) {
    return refusalReport(error);
  }
}

/** Trains a network on a thread of its own; arrays are copied before the call returns.
 *  @throws TypeError for settings or data that do not fit, NATIVE_UNAVAILABLE */
export function startTraining(
  settings: TrainingSettings,
  data: TrainingInput,
  listeners: TrainingListeners,
): NativeTraining {
  const addon = requireAddon();
  const abandon = (): void => {
    addon.abandonTraining(handle);
  };
  const handle = translated(() =>
    addon.startTraining(settings, data, (...[kind, payload]) => {
      if (kind === 'done' || kind === 'failed') process.off('exit', abandon);
      if (kind === 'progress') listeners.onProgress(payload);
      else if (kind === 'epoch') listeners.onEpoch(payload);
      else if (kind === 'failed') listeners.onFailed(translate(payload));
      else listeners.onDone({...payload, network: new AddonNetwork(addon, payload.network)});
    }),
  );
  // process.exit() runs no finalizer of the addon, and the training thread may not outlive LibTorch.
  process.once('exit', abandon);
  return {
    stop() {
      addon.stopTraining(handle);
    },
  };
}

/** @throws NATIVE_UNAVAILABLE */
export function nativeVersions(): NativeVersions {
  return requireAddon().versions();
}

/** Sets how many threads one computation may use, in the whole process; 1 at start, which suits single windows.
 *  @throws TypeError unless a whole number from 1 to 1024 */
export function setThreads(threads: number): void {
  const addon = requireAddon();
  translated(() => {
    addon.setThreads(threads);
  });
}

/** Chooses what computes logits from now on, in the whole process; `fused` at start. Networks whose processor has no fast path stay
 *  `naive`, and streams stay as they were opened. */
export function setKernel(kernel: 'fused' | 'naive'): void {
  const addon = requireAddon();
  translated(() => {
    addon.setKernel(kernel);
  });
}

/** Tries each place in turn, and takes no addon of another version of dl-trade; exported for its tests.
 *  @param load requires a module by path or name
 *  @throws NATIVE_UNAVAILABLE with what was wrong at each place, and what to do on this machine */
export function loadAddon(load: (place: string) => unknown, host: AddonHost): unknown {
  const places = addonPlaces(host);
  const causes: unknown[] = [];
  for (const place of places) {
    try {
      const addon = load(place) as Partial<Addon>;
      const built = addon.versions?.().addon ?? 'before 0.1.0';
      if (built === host.version) return addon;
      throw new Error(`it is of dl-trade ${built}, not ${host.version}`);
    } catch (error) {
      causes.push(error);
    }
  }
  const reasons = places.map((place, index) => reasonOf(causes[index], place));
  const tried = places.map((place, index) => `${place}: ${reasons[index] ?? 'not found'}`).join('; ');
  throw new DlTradeError(
    'NATIVE_UNAVAILABLE',
    `The native addon could not be loaded (${tried}). ${addonAdvice(host, reasons.at(-1))}`,
    {cause: new AggregateError(causes), details: {places, platform: host.platform, arch: host.arch}},
  );
}

declare const handleBrand: unique symbol;
interface Handle {
  readonly [handleBrand]: true;
}

type TrainingEvent =
  | [kind: 'progress', payload: TrainingProgress]
  | [kind: 'epoch', payload: EpochRecord]
  | [kind: 'done', payload: Omit<TrainingResult, 'network'> & {network: Handle}]
  | [kind: 'failed', payload: unknown];

/** The functions of the `.node` file. A handle is an opaque value that only they can read. */
interface Addon {
  loadNetwork(path: string, expected: Hyperparameters | undefined): Handle;
  loadNetworkAsync(path: string, expected: Hyperparameters | undefined): Promise<Handle>;
  createNetwork(hyperparameters: Hyperparameters, seed: number): Handle;
  inspectCheckpoint(path: string): InspectReport;
  inspectCheckpointAsync(path: string): Promise<InspectReport>;
  describe(network: Handle): {hyperparameters: Hyperparameters; parameterCount: number};
  predict(network: Handle, windows: Float32Array, batch: number, steps: number): Float32Array;
  predictAsync(network: Handle, windows: Float32Array, batch: number, steps: number): Promise<Float32Array>;
  predictNaive(network: Handle, windows: Float32Array, batch: number, steps: number): Float32Array;
  predictHistory(network: Handle, rows: Float32Array, steps: number): Float32Array;
  predictHistoryAsync(network: Handle, rows: Float32Array, steps: number): Promise<Float32Array>;
  openStream(network: Handle, steps: number): Handle;
  pushRow(stream: Handle, row: Float32Array, logit: Float32Array): boolean;
  observeRow(stream: Handle, row: Float32Array): void;
  resetStream(stream: Handle): void;
  closeStream(stream: Handle): void;
  kernelOf(network: Handle): string;
  setKernel(kernel: string): void;
  parameters(network: Handle): Record<string, {shape: readonly number[]; data: Float32Array}>;
  save(network: Handle, path: string): void;
  dispose(network: Handle): void;
  startTraining(
    settings: TrainingSettings,
    data: TrainingInput,
    onEvent: (...event: TrainingEvent) => void,
  ): Handle;
  stopTraining(training: Handle): void;
  abandonTraining(training: Handle): void;
  versions(): NativeVersions;
  setThreads(threads: number): void;
}

const require = createRequire(import.meta.url);

/** By names that bundlers can read; a test holds them to PREBUILT_PLATFORMS. */
const prebuilt: Readonly<Record<string, () => unknown>> = {
  '@dl-trade/linux-x64': (): unknown => require('@dl-trade/linux-x64'),
  '@dl-trade/linux-arm64': (): unknown => require('@dl-trade/linux-arm64'),
  '@dl-trade/darwin-arm64': (): unknown => require('@dl-trade/darwin-arm64'),
  '@dl-trade/win32-x64': (): unknown => require('@dl-trade/win32-x64'),
};

function requirePlace(place: string): unknown {
  return Object.hasOwn(prebuilt, place) ? prebuilt[place]!() : require(place);
}

let loadedAddon: Addon | undefined;

// On first use: loading LibTorch takes a sixth of a second, which `--help` need not pay.
function requireAddon(): Addon {
  loadedAddon ??= loadAddon(requirePlace, thisHost) as Addon;
  return loadedAddon;
}

class AddonNetwork implements NativeNetwork {
  readonly hyperparameters: Hyperparameters;
  readonly parameterCount: number;
  readonly #addon: Addon;
  readonly #handle: Handle;

  constructor(addon: Addon, handle: Handle) {
    this.#addon = addon;
    this.#handle = handle;
    const {hyperparameters, parameterCount} = addon.describe(handle);
    this.hyperparameters = Object.freeze(hyperparameters);
    this.parameterCount = parameterCount;
  }

  predict(windows: Float32Array, batch: number, steps: number): Float32Array {
    return translated(() => this.#addon.predict(this.#handle, windows, batch, steps));
  }

  async predictAsync(windows: Float32Array, batch: number, steps: number): Promise<Float32Array> {
    return translatedAsync(() => this.#addon.predictAsync(this.#handle, windows, batch, steps));
  }

  predictHistory(rows: Float32Array, steps: number): Float32Array {
    return translated(() => this.#addon.predictHistory(this.#handle, rows, steps));
  }

  async predictHistoryAsync(rows: Float32Array, steps: number): Promise<Float32Array> {
    return translatedAsync(() => this.#addon.predictHistoryAsync(this.#handle, rows, steps));
  }

  openStream(steps: number): NetworkStream {
    const addon = this.#addon;
    return new AddonStream(
      addon,
      translated(() => addon.openStream(this.#handle, steps)),
    );
  }

  predictNaive(windows: Float32Array, batch: number, steps: number): Float32Array {
    return translated(() => this.#addon.predictNaive(this.#handle, windows, batch, steps));
  }

  get kernel(): string {
    return translated(() => this.#addon.kernelOf(this.#handle));
  }

  parameters(): Record<string, {readonly shape: readonly number[]; readonly data: Float32Array}> {
    return translated(() => this.#addon.parameters(this.#handle));
  }

  save(path: string): void {
    translated(() => {
      this.#addon.save(this.#handle, path);
    }, path);
  }

  dispose(): void {
    this.#addon.dispose(this.#handle);
  }
}

class AddonStream implements NetworkStream {
  readonly #addon: Addon;
  readonly #handle: Handle;
  /** Where the addon writes a logit: a call makes no garbage. */
  readonly #logit = new Float32Array(1);

  constructor(addon: Addon, handle: Handle) {
    this.#addon = addon;
    this.#handle = handle;
  }

  push(row: Float32Array): number | undefined {
    try {
      return this.#addon.pushRow(this.#handle, row, this.#logit) ? this.#logit[0] : undefined;
    } catch (error) {
      throw translate(error);
    }
  }

  observe(row: Float32Array): void {
    try {
      this.#addon.observeRow(this.#handle, row);
    } catch (error) {
      throw translate(error);
    }
  }

  reset(): void {
    translated(() => {
      this.#addon.resetStream(this.#handle);
    });
  }

  close(): void {
    this.#addon.closeStream(this.#handle);
  }
}

/** @param file what the call is about, where its message may not say so itself */
function translated<T>(call: () => T, file?: string): T {
  try {
    return call();
  } catch (error) {
    throw translate(error, file);
  }
}

async function translatedAsync<T>(call: () => Promise<T>, file?: string): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw translate(error, file);
  }
}

function translate(error: unknown, file?: string): unknown {
  if (error instanceof TypeError || !(error instanceof Error)) return error;
  const {code, checkpointCode} = error as {code?: unknown; checkpointCode?: unknown};
  const said = file === undefined || error.message.includes(file);
  return new DlTradeError(
    isErrorCode(code) ? code : 'NATIVE_FAILED',
    said ? error.message : `${file}: ${error.message}`,
    {cause: error, ...(checkpointCode === undefined ? {} : {details: {checkpointCode}})},
  );
}

function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(ERROR_CODES, code);
}

function refusalReport(error: unknown): InspectReport {
  if (!(error instanceof DlTradeError)) throw error;
  const {checkpointCode} = error.details;
  return {
    ok: false,
    code: typeof checkpointCode === 'string' ? checkpointCode : error.code,
    message: error.message,
  };
}

/** In the loader's words; undefined where nothing lies at that place. */
function reasonOf(error: unknown, place: string): string | undefined {
  if (!(error instanceof Error)) return String(error);
  const missing =
    (error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND' && error.message.includes(place);
  return missing ? undefined : error.message.split('\n', 1)[0]!;
}
