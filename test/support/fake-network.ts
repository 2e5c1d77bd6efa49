import {readFileSync, writeFileSync} from 'node:fs';
import {DlTradeError} from '../../src/domain/errors.js';
import type {Hyperparameters, NativeNetwork, NetworkStream} from '../../src/model/native-network.js';

/** Stands in for the addon at the port `NativeNetwork`: the logit of a window is the mean of its values times a weight.
 *  Its weights file is JSON of what it was made with. */
export class FakeNetwork implements NativeNetwork {
  readonly hyperparameters: Hyperparameters;
  readonly parameterCount = 1;
  readonly #weight: number;
  disposed = false;
  /** Batch of every call, in order. */
  readonly batches: number[] = [];

  constructor(hyperparameters: Hyperparameters, weight = 1) {
    this.hyperparameters = hyperparameters;
    this.#weight = weight;
  }

  predict(windows: Float32Array, batch: number, steps: number): Float32Array {
    if (this.disposed) throw new DlTradeError('NATIVE_FAILED', 'the network is disposed');
    const size = steps * this.hyperparameters.input_size;
    if (windows.length !== batch * size) throw new TypeError(`windows has ${String(windows.length)} values`);
    this.batches.push(batch);
    return Float32Array.from({length: batch}, (_, b) => {
      const window = windows.subarray(b * size, (b + 1) * size);
      return (this.#weight * window.reduce((sum, value) => sum + value, 0)) / size;
    });
  }

  predictAsync(windows: Float32Array, batch: number, steps: number): Promise<Float32Array> {
    return Promise.resolve(this.predict(windows, batch, steps));
  }

  readonly kernel = 'fake';

  predictNaive(windows: Float32Array, batch: number, steps: number): Float32Array {
    return this.predict(windows, batch, steps);
  }

  predictHistory(rows: Float32Array, steps: number): Float32Array {
    const size = this.hyperparameters.input_size;
    const count = Math.max(0, rows.length / size - steps + 1);
    return Float32Array.from(
      {length: count},
      (_, first) => this.predict(rows.subarray(first * size, (first + steps) * size), 1, steps)[0]!,
    );
  }

  predictHistoryAsync(rows: Float32Array, steps: number): Promise<Float32Array> {
    return Promise.resolve(this.predictHistory(rows, steps));
  }

  openStream(steps: number): NetworkStream {
    let rows: number[][] = [];
    const observe = (row: Float32Array): void => {
      rows = [...rows, [...row]].slice(-steps);
    };
    return {
      observe,
      push: (row) => {
        observe(row);
        return rows.length < steps ? undefined : this.predict(Float32Array.from(rows.flat()), 1, steps)[0];
      },
      reset: () => {
        rows = [];
      },
      close: () => undefined,
    };
  }

  parameters(): Record<string, {readonly shape: readonly number[]; readonly data: Float32Array}> {
    return {weight: {shape: [1], data: Float32Array.of(this.#weight)}};
  }

  save(path: string): void {
    writeFileSync(path, JSON.stringify({hyperparameters: this.hyperparameters, weight: this.#weight}));
  }

  dispose(): void {
    this.disposed = true;
  }
}

/** Loads what `FakeNetwork.save` wrote.
 *  @throws CHECKPOINT_REFUSED for anything else */
export function loadFakeNetwork(path: string): FakeNetwork {
  try {
    const saved = JSON.parse(readFileSync(path, 'utf8')) as {
      hyperparameters: Hyperparameters;
      weight: number;
    };
    return new FakeNetwork(saved.hyperparameters, saved.weight);
  } catch (cause) {
    throw new DlTradeError('CHECKPOINT_REFUSED', `"${path}" is no checkpoint`, {
      cause,
      details: {checkpointCode: 'NOT_A_CHECKPOINT'},
    });
  }
}
