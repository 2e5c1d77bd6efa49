import {createRequire} from 'node:module';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';

import {ADDON_PATH, addonIsBuilt, NETWORK_FIXTURES, someWindows, TINY_BILSTM} from '../support/native.js';

type Functions = Record<string, (...args: unknown[]) => unknown>;

const FILE = join(NETWORK_FIXTURES, 'bilstm-tiny.state.pth');

function detached(): Float32Array {
  const windows = new Float32Array(new ArrayBuffer(96));
  structuredClone(windows.buffer, {transfer: [windows.buffer]});
  return windows;
}

function withThrowingGetter(): object {
  return Object.defineProperty({...TINY_BILSTM}, 'hidden_size', {
    get() {
      throw new RangeError('from a getter');
    },
  });
}

function ignore(): void {
  // A training of which nothing is heard.
}

const SETTINGS = {
  hyperparameters: TINY_BILSTM,
  ...{epochs: 1, batchSize: 2, learningRate: 0.001, weightDecay: 0, gradientClip: 1, seed: 0, threads: 1},
  ...{schedulerFactor: 0.5, schedulerPatience: 5, earlyStoppingPatience: 10, shuffle: true},
  ...{dataIdentity: '', initialWeightsIdentity: '', resume: false, progressIntervalMs: 0, stopped: false},
};
const PART = {inputs: someWindows(40), labels: new Uint8Array(10), samples: Int32Array.of(5, 6, 7)};
const TRAINING_DATA = {steps: 6, size: 4, train: PART, validation: PART};

const STRANGE: readonly unknown[] = [
  ...[
    undefined,
    null,
    true,
    false,
    0,
    -0,
    1,
    -1,
    0.5,
    NaN,
    Infinity,
    -Infinity,
    2 ** 31,
    2 ** 53,
    2 ** 64,
    1e308,
  ],
  ...['', 'a', '\0', 'a\0b', '\ud800', 'x'.repeat(100_000), Symbol('s'), 10n, 2n ** 70n],
  ...[
    {},
    [],
    [1, 2],
    new Map<string, string>(),
    new Date(0),
    /x/,
    new Error('e'),
    () => 1,
    Map,
    Promise.resolve(),
  ],
  ...[
    {architecture: 'bilstm'},
    {architecture: 'gru'},
    {...TINY_BILSTM, num_layers: '1'},
    Object.create(null) as unknown,
  ],
  ...[{...TINY_BILSTM, dropout: NaN}, {...TINY_BILSTM, input_size: 1e9}, withThrowingGetter()],
  ...[new Proxy({}, {get: () => -1}), new Proxy(new Float32Array(24), {})],
  ...[new ArrayBuffer(8), new SharedArrayBuffer(8), new DataView(new ArrayBuffer(8)), Buffer.alloc(96)],
  ...[
    new Float64Array(24),
    new Int32Array(24),
    new Uint8Array(96),
    new Float32Array(0),
    new Float32Array(23),
  ],
  ...[new Float32Array(new SharedArrayBuffer(96)), detached(), new Float32Array(24).fill(NaN)],
];

describe.skipIf(!addonIsBuilt)('the addon, called with anything', () => {
  const addon = createRequire(import.meta.url)(ADDON_PATH) as Functions;
  const windows = someWindows(24);
  const network = addon['createNetwork']!(TINY_BILSTM, 1);
  const stream = addon['openStream']!(network, 6);
  const row = someWindows(4);
  const training = addon['startTraining']!(SETTINGS, TRAINING_DATA, ignore);
  const good: Record<string, readonly unknown[]> = {
    loadNetwork: [FILE, TINY_BILSTM],
    loadNetworkAsync: [FILE, TINY_BILSTM],
    createNetwork: [TINY_BILSTM, 1],
    inspectCheckpoint: [FILE],
    inspectCheckpointAsync: [FILE],
    describe: [network],
    predict: [network, windows, 1, 6],
    predictAsync: [network, windows, 1, 6],
    predictNaive: [network, windows, 1, 6],
    predictHistory: [network, windows, 6],
    predictHistoryAsync: [network, windows, 6],
    openStream: [network, 6],
    pushRow: [stream, row, new Float32Array(1)],
    observeRow: [stream, row],
    resetStream: [stream],
    closeStream: [stream],
    kernelOf: [network],
    setKernel: ['fused'],
    parameters: [network],
    save: [network, ''],
    dispose: [network],
    setThreads: [1],
    startTraining: [SETTINGS, TRAINING_DATA, ignore],
    stopTraining: [training],
    abandonTraining: [training],
  };

  it('lists here every function that it has', () => {
    expect([...Object.keys(good), 'versions'].sort()).toEqual(Object.keys(addon).sort());
  });

  // A relative path would be written to, or read: strings are tried as paths in their own test.
  const takesPath = new Set([
    'loadNetwork',
    'loadNetworkAsync',
    'inspectCheckpoint',
    'inspectCheckpointAsync',
    'save',
  ]);

  it.each(Object.keys(good))('answers %s with a result, a TypeError or a coded error', async (name) => {
    for (const [position, ours] of good[name]!.entries()) {
      for (const strange of STRANGE) {
        // Any function is a callback; what it throws is nobody's but its own.
        if (name === 'startTraining' && typeof strange === 'function') continue;
        if (takesPath.has(name) && typeof strange === 'string' && strange.length < 1000) continue;
        const args = good[name]!.with(position, strange);
        const outcome = await outcomeOf(() => addon[name]!(...args));
        expect(outcome, `${name} argument ${position} ${typeof strange} instead of ${typeof ours}`).toMatch(
          /^(returned|TypeError|RangeError from a getter|MODEL_INVALID|CHECKPOINT_REFUSED|OUTPUT_FAILED|NATIVE_FAILED)$/,
        );
      }
    }
  });

  it.each(Object.keys(good))('takes %s with too few arguments for wrong ones', async (name) => {
    expect(await outcomeOf(() => addon[name]!())).toBe('TypeError');
    expect(await outcomeOf(() => Reflect.apply(addon[name]!, null, []))).toBe('TypeError');
    expect(await outcomeOf(() => Reflect.apply(addon[name]!, addon, [{}, {}, {}, {}]))).toBe('TypeError');
  });

  it.each(Object.keys(SETTINGS))('refuses a training whose %s is of another kind', (name) => {
    for (const strange of [undefined, null, Symbol('s'), [], -1.5]) {
      if (typeof SETTINGS[name as keyof typeof SETTINGS] === 'number' && typeof strange === 'number')
        continue;
      const start = (): unknown =>
        addon['startTraining']!({...SETTINGS, [name]: strange}, TRAINING_DATA, ignore);
      expect(start, String(strange)).toThrow(TypeError);
    }
  });

  it('refuses training data that do not fit each other', () => {
    const changes: readonly object[] = [
      ...[{steps: 0}, {steps: 7}, {size: 3}, {size: 1e9}, {train: undefined}, {validation: {}}],
      ...[{samples: Int32Array.of(4)}, {samples: Int32Array.of(10)}, {samples: new Int32Array(0)}],
      ...[{samples: new Uint32Array(3)}, {labels: new Uint8Array(9)}, {labels: new Int8Array(10)}],
      ...[{inputs: someWindows(39)}, {inputs: detached()}, {inputs: someWindows(40).fill(NaN, 7, 8)}],
      {inputs: new Float32Array(new SharedArrayBuffer(160))},
    ];
    for (const change of changes) {
      const isPart = 'samples' in change || 'labels' in change || 'inputs' in change;
      const data = isPart ? {...TRAINING_DATA, train: {...PART, ...change}} : {...TRAINING_DATA, ...change};
      expect(() => addon['startTraining']!(SETTINGS, data, ignore), JSON.stringify(change)).toThrow(
        TypeError,
      );
    }
  });

  it('refuses every window that is not exactly what was announced', () => {
    const predict = addon['predict']!;
    const wrong: readonly (readonly [unknown, unknown, unknown])[] = [
      [someWindows(23), 1, 6],
      [someWindows(25), 1, 6],
      [someWindows(24), 6, 1.5],
      [someWindows(24), 1, 7],
      [someWindows(24), 2 ** 31 - 1, 2 ** 31 - 1],
      [someWindows(0), 0, 0],
      [someWindows(24), 0, 6],
      [someWindows(24), -1, -6],
      [detached(), 1, 6],
      [new Float32Array(new SharedArrayBuffer(96)), 1, 6],
      [new Float64Array(24), 1, 6],
      [[...someWindows(24)], 1, 6],
      [someWindows(24).fill(NaN, 5, 6), 1, 6],
      [someWindows(24).fill(-Infinity, 23), 1, 6],
    ];
    for (const args of wrong) expect(() => predict(network, ...args)).toThrow(TypeError);
    expect(() => predict(network, someWindows(24).fill(NaN, 5, 6), 1, 6)).toThrow(
      'windows must be finite, was nan at window 0, step 1, feature 1',
    );
  });

  it('reads a window that lies inside a larger buffer', () => {
    const large = someWindows(100);
    expect(addon['predict']!(network, large.subarray(10, 34), 1, 6)).toEqual(
      addon['predict']!(network, large.slice(10, 34), 1, 6),
    );
  });

  it('tells a network from whatever else is handed to it as one', () => {
    const handles = [{}, network, addon, Object.create(network as object), new Proxy(network as object, {})];
    const outcomes = handles.map((handle) => {
      try {
        addon['describe']!(handle);
        return 'described';
      } catch (error) {
        return error instanceof TypeError ? 'TypeError' : String(error);
      }
    });
    expect(outcomes).toEqual(['TypeError', 'described', 'TypeError', 'TypeError', 'TypeError']);
  });

  it('refuses paths that no file can have', () => {
    for (const path of ['', 'a\0b', '\0']) {
      expect(() => addon['inspectCheckpoint']!(path)).toThrow(TypeError);
      expect(() => addon['save']!(network, path)).toThrow(TypeError);
    }
    expect(() => addon['inspectCheckpoint']!('x'.repeat(100_000))).toThrow(
      expect.objectContaining({code: 'CHECKPOINT_REFUSED'}),
    );
  });

  it('keeps Object.prototype as it was', () => {
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(({} as Record<string, unknown>)['architecture']).toBeUndefined();
  });
});

async function outcomeOf(call: () => unknown): Promise<string> {
  try {
    await call();
    return 'returned';
  } catch (error) {
    if (error instanceof TypeError) return 'TypeError';
    if (error instanceof RangeError) return `RangeError ${error.message}`;
    return String((error as {code?: unknown}).code ?? error);
  }
}
