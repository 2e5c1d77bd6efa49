import {spawnSync} from 'node:child_process';
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {FEATURE_NAMES} from '../../src/features/schema.js';
import {createNetwork} from '../../src/model/native.js';
import type {Hyperparameters} from '../../src/model/native.js';
import {importModel} from '../../src/session/import-model.js';
import {addonIsBuilt} from '../support/native.js';
import {findPython} from '../support/python.js';
import {temporaryDirectory} from '../support/temporary-directory.js';

const python = findPython('torch');
const SIZES: Hyperparameters = {
  architecture: 'transformer',
  ...{input_size: 86, d_model: 12, nhead: 3, num_layers: 2, dim_feedforward: 8, max_len: 20, dropout: 0.2},
};
const BARE = `
import sys, torch
torch.save(torch.load(sys.argv[1], weights_only=True)["model_state_dict"], sys.argv[2])
`;

describe.skipIf(!addonIsBuilt || python === undefined)(
  'a state_dict of a Transformer that says no heads',
  () => {
    it('is imported with the heads that a user names, where the usual 8 do not divide d_model', async () => {
      const folder = temporaryDirectory();
      const [whole, weights] = [join(folder, 'whole.pth'), join(folder, 'bare.pth')];
      const network = createNetwork(SIZES, 1);
      network.save(whole);
      network.dispose();
      expect(spawnSync(python!, ['-c', BARE, whole, weights]).status).toBe(0);
      const scaler = join(folder, 'scaler.json');
      writeFileSync(
        scaler,
        JSON.stringify({
          mean: FEATURE_NAMES.map(() => 0),
          scale: FEATURE_NAMES.map(() => 1),
          sequenceLength: 12,
        }),
      );
      const request = {weights, scaler, out: join(folder, 'model')};
      await expect(importModel(request)).rejects.toThrow('multiple of nhead');
      await expect(importModel({...request, heads: 5})).rejects.toThrow('nhead was 5');
      expect((await importModel({...request, heads: 3})).hyperparameters).toEqual(SIZES);
    });
  },
);
