import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {FEATURE_SCHEMA} from '../../src/features/schema.js';
import {makeGolden, verifyGolden} from '../../src/model/golden.js';
import type {Manifest} from '../../src/model/manifest.js';
import {ModelPersistence} from '../../src/model/model-persistence.js';
import {createNetwork, loadNetworkAsync} from '../../src/model/native.js';
import type {Hyperparameters} from '../../src/model/native-network.js';
import {predictHistory} from '../../src/model/predict-history.js';
import {Predictor} from '../../src/model/predictor.js';
import {SMALL_MANIFEST} from '../support/models.js';
import {addonIsBuilt} from '../support/native.js';
import {useTemporaryDirectory} from '../support/temporary-directory.js';

const directory = useTemporaryDirectory();

const SIZES: Readonly<Record<string, Hyperparameters>> = {
  bilstm: {architecture: 'bilstm', input_size: 86, hidden_size: 16, num_layers: 2, dropout: 0.2},
  transformer: {
    architecture: 'transformer',
    ...{input_size: 86, d_model: 16, nhead: 4, num_layers: 2, dim_feedforward: 32, max_len: 64, dropout: 0.1},
  },
};

function manifestFor(hyperparameters: Hyperparameters): Omit<Manifest, 'weightsSha256'> {
  return {
    ...SMALL_MANIFEST,
    architecture: hyperparameters.architecture,
    hyperparameters,
    schema: {id: FEATURE_SCHEMA.id, hash: FEATURE_SCHEMA.hash},
    scaler: {mean: Array<number>(86).fill(0), scale: Array<number>(86).fill(1), constant: [], clip: 8},
    sequenceLength: 50,
  };
}

function models(): ModelPersistence {
  return new ModelPersistence(directory.path('models'), {schema: FEATURE_SCHEMA});
}

describe.skipIf(!addonIsBuilt)('ModelPersistence with the addon', () => {
  it.each(['bilstm', 'transformer'])(
    'saves and loads a %s with equal parameters and logits',
    async (name) => {
      using network = disposable(createNetwork(SIZES[name]!, 7));
      const windows = Float32Array.from({length: 4 * 50 * 86}, (_, i) => Math.sin(i * 0.37));
      const golden = makeGolden(windows, network.value.predict(windows, 4, 50), {
        computedBy: 'us',
        tolerance: 1e-6,
      });
      await models().save(name, {network: network.value, manifest: manifestFor(SIZES[name]!), golden});
      const model = (await models().load(name))!;
      expect(model.network.hyperparameters).toEqual(SIZES[name]);
      expect(model.network.parameters()).toEqual(network.value.parameters());
      expect(verifyGolden(model.network, 50, (await models().loadGolden(name))!)).toMatchObject({
        largestDifference: 0,
        agrees: true,
      });
      model.network.dispose();
    },
  );

  it.each(['bilstm', 'transformer'])(
    'forecasts with a %s candle by candle as in batches, within 1e-5',
    async (name) => {
      using network = disposable(createNetwork(SIZES[name]!, 8));
      const about = `batch-${name}`;
      await models().save(about, {
        network: network.value,
        manifest: {...manifestFor(SIZES[name]!), inputScale: 'raw'},
      });
      const model = (await models().load(about))!;
      const rows = 320;
      const matrix = {
        openTimesMs: Float64Array.from({length: rows}, (_, i) => i),
        values: Float64Array.from({length: rows * 86}, (_, i) => Math.sin(i * 0.11)),
        segmentStart: Uint8Array.from({length: rows}, (_, i) => (i === 0 || i === 5 ? 1 : 0)),
      };
      const predictor = new Predictor(model, () => 0);
      const single: number[] = [];
      for (let row = 0; row < rows; row++) {
        const values = matrix.values.subarray(row * 86, (row + 1) * 86);
        const forecast = predictor.predict({
          ...{openTimeMs: row, values, filled: false},
          segmentStart: matrix.segmentStart[row] === 1,
        });
        if (forecast !== undefined) single.push(forecast.logit);
      }
      const batched: number[] = [];
      for await (const batch of predictHistory(model, matrix)) batched.push(...batch.logits);
      expect(batched).toHaveLength(single.length);
      for (const [i, logit] of batched.entries()) expect(Math.abs(logit - single[i]!)).toBeLessThan(1e-5);
      model.network.dispose();
    },
  );

  it('passes the reader’s refusal of damaged weights on', async () => {
    const name = 'damaged';
    using network = disposable(createNetwork(SIZES['bilstm']!, 7));
    await models().save(name, {network: network.value, manifest: manifestFor(SIZES['bilstm']!)});
    const weights = join(models().pathOf(name), 'weights.pth');
    const bytes = readFileSync(weights);
    writeFileSync(weights, bytes.subarray(0, bytes.length / 2));
    await expect(models().load(name)).rejects.toMatchObject({code: 'MODEL_INVALID'});
    await expect(loadNetworkAsync(weights)).rejects.toMatchObject({code: 'CHECKPOINT_REFUSED', exitCode: 4});
  });
});

function disposable<T extends {dispose(): void}>(value: T): {readonly value: T; [Symbol.dispose](): void} {
  return {
    value,
    [Symbol.dispose]() {
      value.dispose();
    },
  };
}
