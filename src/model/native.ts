/** The native addon's whole surface. This file is the only one that loads the `.node` file. */

import {createRequire} from 'node:module';
import {DlTradeError} from '../domain/errors.js';
import {addonAdvice, addonPlaces, thisHost} from './addon-places.js';
import type {AddonHost} from './addon-places.js';
import {refusalReport, translate, translated, translatedAsync} from './native-errors.js';
import type {
  Hyperparameters,
  InspectReport,
  NativeNetwork,
  NativeVersions,
  NetworkStream,
} from './native-network.js';
import type {
  EpochRecord,
  NativeTraining,
  TrainingInput,
  TrainingListeners,
  TrainingProgress,
  TrainingResult,
  TrainingSettings,
} from './native-training.js';

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

/** In the loader's words; undefined where nothing lies at that place. */
function reasonOf(error: unknown, place: string): string | undefined {
  if (!(error instanceof Error)) return String(error);
  const missing =
    (error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND' && error.message.includes(place);
  return missing ? undefined : error.message.split('\n', 1)[0]!;
}
