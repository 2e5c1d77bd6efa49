import {spawnSync} from 'node:child_process';
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {FEATURE_NAMES} from '../../src/features/schema.js';
import {makeGolden} from '../../src/model/golden.js';
import {createNetwork} from '../../src/model/native.js';
import type {Hyperparameters} from '../../src/model/native-network.js';
import {importModel} from '../../src/session/import-model.js';
import {addonIsBuilt, someWindows} from '../support/native.js';
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

/** A state_dict alone, a scaler's file beside it, and windows with the logits of the network that it was taken from. */
function bareExport(sizes: Hyperparameters) {
  const folder = temporaryDirectory();
  const at = (name: string): string => join(folder, name);
  const network = createNetwork(sizes, 1);
  network.save(at('whole.pth'));
  const windows = someWindows(2 * 12 * sizes.input_size);
  const golden = makeGolden(windows, network.predict(windows, 2, 12), {
    computedBy: 'a test',
    tolerance: 1e-6,
  });
  network.dispose();
  writeFileSync(at('golden.json'), JSON.stringify(golden));
  expect(spawnSync(python!, ['-c', BARE, at('whole.pth'), at('bare.pth')]).status).toBe(0);
  const [mean, scale] = [FEATURE_NAMES.map(() => 0), FEATURE_NAMES.map(() => 1)];
  writeFileSync(at('scaler.json'), JSON.stringify({mean, scale, sequenceLength: 12}));
  return {
    request: {weights: at('bare.pth'), scaler: at('scaler.json'), out: at('model')},
    golden: at('golden.json'),
  };
}

describe.skipIf(!addonIsBuilt || python === undefined)(
  'a state_dict of a Transformer that says no heads',
  () => {
    it('is imported with the heads that a user names, where the usual 8 do not divide d_model', async () => {
      const {request} = bareExport(SIZES);
      await expect(importModel(request)).rejects.toThrow(/multiple of nhead.*taken to be 8.*--heads/);
      await expect(importModel({...request, heads: 5})).rejects.toThrow('nhead was 5');
      expect((await importModel({...request, heads: 3})).hyperparameters).toEqual(SIZES);
    });

    it('is said to be taken for one of 8 heads, also where golden values disagree', async () => {
      const {request, golden} = bareExport({...SIZES, d_model: 16, nhead: 4});
      const assumed = 'nhead is taken to be 8 (--heads)';
      expect((await importModel(request)).assumptions).toContain(assumed);
      await expect(importModel({...request, golden})).rejects.toThrow(
        /not of one network, or its heads are not 8: say them with --heads$/,
      );
      const told = await importModel({...request, golden, heads: 4});
      expect(told.golden).toMatchObject({agrees: true});
      expect(told.assumptions).not.toContain(assumed);
    });
  },
);
