import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {DEFAULT_REGIME} from '../../src/features/regime-filter.js';
import {FEATURE_NAMES, FEATURE_SCHEMA} from '../../src/features/schema.js';
import {makeGolden} from '../../src/model/golden.js';
import {createNetwork} from '../../src/model/native.js';
import type {Hyperparameters} from '../../src/model/native-network.js';
import {importModel} from '../../src/session/import-model.js';
import {ModelPersistence} from '../../src/session/model-persistence.js';
import {rejected} from '../support/caught.js';
import {addonIsBuilt, someWindows} from '../support/native.js';
import {temporaryDirectory} from '../support/temporary-directory.js';

const SIZES: Hyperparameters = {
  architecture: 'transformer',
  ...{input_size: 86, d_model: 8, nhead: 2, num_layers: 1, dim_feedforward: 8, max_len: 20, dropout: 0.3},
};
const SCALER = {mean: FEATURE_NAMES.map((_, i) => i), scale: FEATURE_NAMES.map(() => 2)};

/** A .pth and a scaler's file, as a Python training leaves them. */
function exported(scaler: object = SCALER, sizes: Hyperparameters = SIZES) {
  const folder = temporaryDirectory();
  const network = createNetwork(sizes, 1);
  const weights = join(folder, 'model.pth');
  network.save(weights);
  const windows = someWindows(2 * 12 * sizes.input_size);
  const logits = network.predict(windows, 2, 12);
  network.dispose();
  const scalerFile = join(folder, 'scaler.json');
  writeFileSync(scalerFile, JSON.stringify(scaler));
  const golden = (shift: number): string => {
    const file = join(folder, 'golden.json');
    const said = Array.from(logits, (logit) => logit + shift);
    writeFileSync(file, JSON.stringify(makeGolden(windows, said, {computedBy: 'a test', tolerance: 1e-5})));
    return file;
  };
  return {
    folder,
    golden,
    request: {weights, scaler: scalerFile, out: join(folder, 'mine'), sequenceLength: 12},
  };
}

describe.skipIf(!addonIsBuilt)('importModel', () => {
  it('takes over the regime of the features that were trained on, and refuses features of another schema', async () => {
    const regime = {mean: [0, 1e-4], variance: [1e-6, 4e-6], stay: [0.9, 0.8]};
    const sound = exported({...SCALER, regime, schema: FEATURE_SCHEMA});
    await importModel(sound.request);
    const model = (await new ModelPersistence(sound.folder).load('mine'))!;
    model.network.dispose();
    expect(model.manifest.regime).toEqual(regime);

    const other = exported({...SCALER, schema: {id: 'dl86/0', hash: 'f'.repeat(64)}});
    const error = await rejected(importModel(other.request));
    expect(error).toMatchObject({code: 'MODEL_INVALID'});
    expect(error.message).toContain('the feature schema was "dl86/0 ffffffffffff"');
  });

  it('makes a model of weights and a scaler, and says what it had to assume', async () => {
    const {folder, request} = exported();
    const imported = await importModel(request);
    expect(imported).toMatchObject({hyperparameters: SIZES, out: request.out});
    expect(imported.assumptions).toEqual([
      'the input scale is taken to be anchored',
      'the bound of scaled inputs is taken to be none',
      'the regime model is taken to be the default one',
      'the horizon is taken to be 5',
      'the decision threshold is taken to be 0.6',
      'the symbol is taken to be BTC/USDT',
      'the timeframe is taken to be 1h',
    ]);
    const model = (await new ModelPersistence(folder).load('mine'))!;
    model.network.dispose();
    expect(model.manifest).toMatchObject({
      ...{inputScale: 'anchored', sequenceLength: 12, horizon: 5, decisionThreshold: 0.6, metrics: null},
      scaler: {...SCALER, constant: [], clip: null},
      regime: DEFAULT_REGIME,
      trainedOn: {source: 'imported from model.pth', from: null, heldOutFrom: null},
    });
  });

  it('takes over what the scaler’s file says of the training; a flag goes before it', async () => {
    const said = {
      ...SCALER,
      ...{names: FEATURE_NAMES, clip: 8, inputScale: 'raw', sequenceLength: 50, horizon: 1, threshold: 0.55},
      ...{symbol: 'ETH/USDT', timeframe: '5m', from: '2024-01-01T00:00:00Z', to: 1_710_000_000_000, seed: 4},
      heldOutFrom: '2024-03-01',
      regime: DEFAULT_REGIME,
    };
    const {folder, request} = exported(said);
    const {assumptions} = await importModel({...request, horizon: 2});
    expect(assumptions).toEqual([]);
    const unbounded = exported({...said, clip: null});
    expect((await importModel(unbounded.request)).assumptions).toEqual([]);
    const model = (await new ModelPersistence(folder).load('mine'))!;
    model.network.dispose();
    expect(model.manifest).toMatchObject({
      ...{inputScale: 'raw', sequenceLength: 12, horizon: 2, decisionThreshold: 0.55, scaler: {clip: 8}},
      trainedOn: {
        ...{symbol: 'ETH/USDT', timeframe: '5m', seed: 4, from: '2024-01-01T00:00:00.000Z'},
        heldOutFrom: '2024-03-01T00:00:00.000Z',
      },
    });
  });

  it('reads scikit-learn’s names, and knows its constant columns', async () => {
    const {mean, scale} = SCALER;
    const var_ = scale.map((_, i) => (i === 70 ? 0 : 4));
    const scale_ = scale.map((value, i) => (i === 70 ? 1 : value));
    const {folder, request} = exported({mean_: mean, scale_, var_, feature_names_in_: FEATURE_NAMES});
    await importModel(request);
    const zeroed = exported({mean, scale: scale.map((value, i) => (i === 3 ? 0 : value))});
    await importModel(zeroed.request);
    for (const [where, constant] of [
      [folder, [70]],
      [zeroed.folder, [3]],
    ] as const) {
      const text = readFileSync(join(where, 'mine/manifest.json'), 'utf8');
      expect(JSON.parse(text)).toMatchObject({scaler: {constant}});
    }
  });

  it('proves by a golden file that both compute the same, or refuses', async () => {
    const {request, golden} = exported();
    const {golden: report} = await importModel({...request, golden: golden(0)});
    expect(report).toMatchObject({agrees: true, windows: 2, computedBy: 'a test'});
    const error = await rejected(importModel({...request, golden: golden(1e-3)}));
    expect(error).toMatchObject({code: 'MODEL_INVALID'});
    // The file says its heads, so they are not what differs.
    expect(error.message).toMatch(/not of one network$/);
  });

  it('refuses heads that contradict what the file says', async () => {
    const {request} = exported();
    await expect(importModel({...request, heads: 4})).rejects.toThrow('nhead');
    expect((await importModel({...request, heads: 2})).hyperparameters).toMatchObject({nhead: 2});
  });

  it('refuses heads of a network that has none', async () => {
    const sizes = {
      architecture: 'bilstm',
      input_size: 86,
      hidden_size: 4,
      num_layers: 1,
      dropout: 0,
    } as const;
    const {request} = exported(SCALER, sizes);
    await expect(importModel({...request, heads: 4})).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringMatching(/--heads was "4", and ".*" holds a BiLSTM/) as string,
    });
  });

  it('refuses windows longer than the network or the memory can take', async () => {
    const {request} = exported();
    await expect(importModel({...request, sequenceLength: 21})).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('want at most 20') as string,
    });
  });

  it.for([
    [{mean: [1], scale: SCALER.scale}, /mean was "1 values", want 86 numbers/],
    [{mean: SCALER.mean}, /scale was "missing"/],
    [{...SCALER, scale: SCALER.scale.map((s, i) => (i === 2 ? -s : s))}, /scale\[2\] was "-2"/],
    [{...SCALER, names: [...FEATURE_NAMES].reverse()}, /names\[0\] was "is_low_volatility", want open/],
    [{...SCALER, horizon: 0}, /horizon/],
    [{...SCALER, from: 'yesterday'}, /from was "yesterday"/],
    [{...SCALER, heldOutFrom: 1e300}, /heldOutFrom was "1e\+300"/],
    [{...SCALER, names: [...FEATURE_NAMES, 'label']}, /names was "87 names", want 86/],
    [{...SCALER, var_: [0]}, /var_ was "1 values", want 86/],
    [{...SCALER, scale: SCALER.scale.map(() => 0)}, /scale was "0 throughout"/],
    [{...SCALER, scale: SCALER.scale.map(() => 1e-40)}, /mean and scale of open was "0 and 1e-40"/],
    [{...SCALER, mean: SCALER.mean.map(() => 1e300)}, /a float32 can hold/],
  ] as const)('refuses a scaler’s file that does not fit: %#', async ([scaler, message]) => {
    const {request} = exported(scaler);
    const error = await rejected(importModel(request));
    expect(error).toMatchObject({code: 'MANIFEST_INVALID'});
    expect(error.message).toMatch(message);
  });

  it('refuses files that are missing, no JSON, or weights of other inputs', async () => {
    const {request, folder} = exported();
    await expect(importModel({...request, scaler: join(folder, 'none')})).rejects.toMatchObject({
      code: 'FILE_UNREADABLE',
    });
    await expect(importModel({...request, scaler: request.weights})).rejects.toMatchObject({
      code: 'MANIFEST_INVALID',
    });
    await expect(importModel({...request, weights: request.scaler})).rejects.toMatchObject({
      code: 'CHECKPOINT_REFUSED',
    });
    const narrow = exported(SCALER, {...SIZES, input_size: 5});
    await expect(importModel(narrow.request)).rejects.toThrow('input_size was "5", want 86');
  });
});
