// Whoever compiles against these types may not have asked for the newest library.
/// <reference lib="esnext.disposable" preserve="true" />
import {DlTradeError} from '../domain/errors.js';
import {createNetwork} from './native.js';
import type {Hyperparameters, NativeNetwork} from './native-network.js';

/** What both public classifiers share: a network in native memory, freed by `dispose` or a `using` declaration. */
export abstract class Classifier<Sizes extends Hyperparameters> implements Disposable {
  readonly #network: NativeNetwork;
  readonly #sizes: Sizes;

  /** @throws MODEL_INVALID for a network of the other architecture */
  protected constructor(network: NativeNetwork, architecture: Sizes['architecture']) {
    if (!isOf<Sizes>(network.hyperparameters, architecture)) {
      const was = network.hyperparameters.architecture;
      network.dispose();
      throw new DlTradeError(
        'MODEL_INVALID',
        `The weights must be those of a ${architecture}, was "${was}".`,
      );
    }
    this.#network = network;
    this.#sizes = network.hyperparameters;
  }

  get hyperparameters(): Sizes {
    return this.#sizes;
  }

  get parameterCount(): number {
    return this.#network.parameterCount;
  }

  /** Logits; sigmoid(logit) is the probability that the close is higher a horizon later.
   *  @param windows float32, row-major, finite, scaled as the weights' manifest says; shape [batch, steps, input_size]
   *  @returns shape [batch]
   *  @throws TypeError for windows of another kind, size or shape, NATIVE_FAILED after `dispose` */
  predict(windows: Float32Array, [batch, steps]: readonly [batch: number, steps: number]): Float32Array {
    return this.#network.predict(windows, batch, steps);
  }

  /** The same off the main thread; `windows` is copied before the call returns. */
  async predictAsync(
    windows: Float32Array,
    [batch, steps]: readonly [batch: number, steps: number],
  ): Promise<Float32Array> {
    return this.#network.predictAsync(windows, batch, steps);
  }

  /** Copies of every parameter and buffer, by their PyTorch names. */
  parameters(): ReturnType<NativeNetwork['parameters']> {
    return this.#network.parameters();
  }

  /** Writes a `.pth` for `torch.load(weights_only=True)`: `{model_state_dict, hyperparameters}`.
   *  @throws OUTPUT_FAILED */
  save(path: string): void {
    this.#network.save(path);
  }

  /** Frees the native memory; twice is fine. */
  dispose(): void {
    this.#network.dispose();
  }

  /** Frees the native memory, as `dispose` does. */
  [Symbol.dispose](): void {
    this.dispose();
  }
}

/** How a network with fresh weights is made. */
export interface ClassifierOptions {
  /** Of the initial weights: whole number from 0 to 2^53 - 1. */
  readonly seed?: number;
}

/** A new network, or the one that was given. */
export function networkFrom(
  source: NativeNetwork | Hyperparameters,
  options: ClassifierOptions = {},
): NativeNetwork {
  return 'predict' in source ? source : createNetwork(source, options.seed ?? 0);
}

function isOf<Sizes extends Hyperparameters>(
  sizes: Hyperparameters,
  architecture: Sizes['architecture'],
): sizes is Sizes {
  return sizes.architecture === architecture;
}
