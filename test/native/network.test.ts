import {copyFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';

import {
  createNetwork,
  inspectCheckpoint,
  inspectCheckpointAsync,
  loadNetwork,
  loadNetworkAsync,
  nativeVersions,
  setThreads,
} from '../../src/model/native.js';
import type {Hyperparameters} from '../../src/model/native-network.js';
import {
  addonIsBuilt,
  NETWORK_FIXTURES,
  someWindows,
  TINY_BILSTM,
  TINY_TRANSFORMER,
} from '../support/native.js';

const BOTH: readonly Hyperparameters[] = [TINY_BILSTM, TINY_TRANSFORMER];
const BILSTM_FILE = join(NETWORK_FIXTURES, 'bilstm-tiny.checkpoint.pth');
const TRANSFORMER_FILE = join(NETWORK_FIXTURES, 'transformer-tiny.checkpoint.pth');

describe.skipIf(!addonIsBuilt)('the native network', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'dl-trade-native-'));
  });
  afterAll(() => {
    rmSync(folder, {recursive: true, force: true});
  });

  it.each(BOTH)('predicts the same now, later and beside another model: $architecture', async (sizes) => {
    const network = createNetwork(sizes, 1);
    const other = createNetwork(sizes, 2);
    const windows = someWindows(3 * 6 * 4);
    const logits = network.predict(windows, 3, 6);

    const concurrent = await Promise.all([
      network.predictAsync(windows, 3, 6),
      other.predictAsync(windows, 3, 6),
      network.predictAsync(windows, 3, 6),
    ]);
    expect(concurrent[0]).toEqual(logits);
    expect(concurrent[1]).not.toEqual(logits);
    expect(concurrent[2]).toEqual(logits);
    expect(network.predict(windows, 3, 6)).toEqual(logits);
  });

  it('copies the windows before predictAsync returns', async () => {
    const network = createNetwork(TINY_BILSTM, 1);
    const windows = someWindows(6 * 4);
    const logits = network.predict(windows, 1, 6);
    const later = network.predictAsync(windows, 1, 6);
    windows.fill(NaN);
    expect(await later).toEqual(logits);
  });

  it.each(BOTH)('makes the same initial weights from the same seed: $architecture', (sizes) => {
    expect(createNetwork(sizes, 5).parameters()).toEqual(createNetwork(sizes, 5).parameters());
    expect(createNetwork(sizes, 5).parameters()).not.toEqual(createNetwork(sizes, 6).parameters());
  });

  it.each(BOTH)('gives copies of its parameters, which change nothing: $architecture', (sizes) => {
    const network = createNetwork(sizes, 1);
    const parameters = network.parameters();
    const elements = Object.values(parameters).map(({shape, data}) => {
      expect(data.length).toBe(shape.reduce((product, size) => product * size, 1));
      data.fill(0);
      return data.length;
    });
    const buffers = sizes.architecture === 'transformer' ? sizes.max_len * sizes.d_model : 0;
    expect(elements.reduce((sum, count) => sum + count, 0) - buffers).toBe(network.parameterCount);
    expect(Object.values(network.parameters()).some(({data}) => data.some((value) => value !== 0))).toBe(
      true,
    );
  });

  it.each(BOTH)('saves what it loads again, with the same hyperparameters: $architecture', (sizes) => {
    const network = createNetwork(sizes, 1);
    const path = join(folder, `${sizes.architecture}.pth`);
    network.save(path);
    const loaded = loadNetwork(path, sizes);
    expect(loaded.hyperparameters).toEqual(sizes);
    expect(loaded.parameters()).toEqual(network.parameters());
  });

  it('loads off the main thread as on it', async () => {
    const network = await loadNetworkAsync(BILSTM_FILE);
    expect(network.parameters()).toEqual(loadNetwork(BILSTM_FILE).parameters());
    await expect(loadNetworkAsync(join(folder, 'missing.pth'))).rejects.toMatchObject({
      code: 'CHECKPOINT_REFUSED',
      details: {checkpointCode: 'FILE_MISSING'},
    });
  });

  it('refuses a truncated file with the rule it breaks and its path', () => {
    const path = join(folder, 'truncated.pth');
    copyFileSync(BILSTM_FILE, path);
    truncateSync(path, 3000);
    expect(() => loadNetwork(path)).toThrow(
      expect.objectContaining({
        name: 'DlTradeError',
        code: 'CHECKPOINT_REFUSED',
        message: expect.stringContaining(path) as string,
        details: {checkpointCode: 'ZIP_END'},
      }),
    );
  });

  it('refuses weights that contradict what is expected', () => {
    expect(() => loadNetwork(BILSTM_FILE, {...TINY_BILSTM, input_size: 86})).toThrow(
      expect.objectContaining({
        code: 'MODEL_INVALID',
        message: expect.stringContaining('input_size is 86') as string,
      }),
    );
    expect(() => loadNetwork(BILSTM_FILE, TINY_TRANSFORMER)).toThrow(
      expect.objectContaining({code: 'MODEL_INVALID'}),
    );
  });

  it('refuses sizes that cannot be built', () => {
    const sizes = {...TINY_TRANSFORMER, d_model: 12, nhead: 5};
    expect(() => createNetwork(sizes, 0)).toThrow(expect.objectContaining({code: 'MODEL_INVALID'}));
    const huge = {...TINY_BILSTM, hidden_size: 2 ** 31 - 1};
    expect(() => createNetwork(huge, 0)).toThrow(expect.objectContaining({code: 'MODEL_INVALID'}));
  });

  it('leaves the old file where a new one cannot be written', () => {
    const path = join(folder, 'kept.pth');
    writeFileSync(path, 'old');
    const network = createNetwork(TINY_BILSTM, 1);
    expect(() => {
      network.save(join(path, 'below-a-file.pth'));
    }).toThrow(expect.objectContaining({code: 'OUTPUT_FAILED'}));
    expect(readFileSync(path, 'utf8')).toBe('old');
  });

  it('frees its memory once, and says so afterwards', async () => {
    const network = createNetwork(TINY_BILSTM, 1);
    network.dispose();
    network.dispose();
    const disposed = expect.objectContaining({name: 'DlTradeError', code: 'NATIVE_FAILED'}) as Error;
    expect(() => network.predict(someWindows(24), 1, 6)).toThrow(disposed);
    expect(() => network.parameters()).toThrow(disposed);
    expect(() => {
      network.save(join(folder, 'disposed.pth'));
    }).toThrow(disposed);
    await expect(network.predictAsync(someWindows(24), 1, 6)).rejects.toEqual(disposed);
    expect(network.hyperparameters).toEqual(TINY_BILSTM);
  });

  it('finishes what was under way when it is disposed of', async () => {
    const network = createNetwork(TINY_TRANSFORMER, 1);
    const windows = someWindows(500 * 6 * 4);
    const expected = network.predict(windows, 500, 6);
    const pending = Array.from({length: 8}, () => network.predictAsync(windows, 500, 6));
    network.dispose();
    for (const logits of await Promise.all(pending)) expect(logits).toEqual(expected);
  });

  it('inspects on either thread what a file holds', async () => {
    const report = inspectCheckpoint(TRANSFORMER_FILE);
    expect(report).toMatchObject({
      ok: true,
      format: 'torch-zip',
      architecture: 'transformer',
      sizes: TINY_TRANSFORMER,
      hyperparameters: TINY_TRANSFORMER,
    });
    expect(report.ok && report.tensors.find(({name}) => name === 'pos_encoder.pe')).toEqual({
      name: 'pos_encoder.pe',
      dtype: 'float32',
      shape: [1, 8, 8],
      nonfinite: 0,
    });
    expect(report.ok && Object.getPrototypeOf(report.hyperparameters)).toBe(null);
    expect(await inspectCheckpointAsync(TRANSFORMER_FILE)).toEqual(report);
  });

  it('reports a bad file instead of throwing', async () => {
    const refused = {ok: false, code: 'FILE_NOT_REGULAR', message: expect.any(String) as string};
    expect(inspectCheckpoint(folder)).toEqual(refused);
    expect(await inspectCheckpointAsync(folder)).toEqual(refused);
    expect(() => inspectCheckpoint('')).toThrow(TypeError);
  });

  it('names what computes, with the threads that were set', () => {
    expect(nativeVersions()).toEqual({
      addon: '0.1.0',
      libtorch: expect.stringMatching(/^\d+\.\d+\.\d+$/) as string,
      napi: 8,
      isa: expect.any(String) as string,
      kernel: expect.stringMatching(/^(fused-\d+|naive)$/) as string,
      threads: 1,
    });
    setThreads(2);
    expect(nativeVersions().threads).toBe(2);
    setThreads(1);
    for (const wrong of [0, -1, 1.5, NaN, 1025, '2']) {
      expect(() => {
        setThreads(wrong as number);
      }).toThrow(TypeError);
    }
  });
});
