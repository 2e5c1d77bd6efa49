import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';

import {BiLSTMClassifier} from '../../src/model/bilstm-classifier.js';
import {createNetwork} from '../../src/model/native.js';
import {TransformerClassifier} from '../../src/model/transformer-classifier.js';
import {addonIsBuilt, someWindows, TINY_BILSTM, TINY_TRANSFORMER} from '../support/native.js';

const CLASSES = [
  {Class: BiLSTMClassifier, sizes: TINY_BILSTM, count: 616_705},
  {Class: TransformerClassifier, sizes: TINY_TRANSFORMER, count: 407_809},
] as const;

describe.skipIf(!addonIsBuilt)('the classifiers', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'dl-trade-classifiers-'));
  });
  afterAll(() => {
    rmSync(folder, {recursive: true, force: true});
  });

  it.each(CLASSES)("$Class.name has the plan's sizes where none are given", ({Class, count}) => {
    using classifier = new Class();
    expect(classifier.parameterCount).toBe(count);
    expect(classifier.hyperparameters.input_size).toBe(86);
    expect(classifier.predict(someWindows(2 * 50 * 86), [2, 50])).toHaveLength(2);
  });

  it.each(CLASSES)('$Class.name saves and loads equal parameters', async ({Class, sizes}) => {
    const path = join(folder, `${Class.name}.pth`);
    using classifier = new Class(sizes, {seed: 7});
    classifier.save(path);
    using loaded = Class.load(path);
    using later = await Class.loadAsync(path);
    expect(loaded.parameters()).toEqual(classifier.parameters());
    expect(later.hyperparameters).toEqual(sizes);

    const windows = someWindows(24);
    expect(loaded.predict(windows, [1, 6])).toEqual(classifier.predict(windows, [1, 6]));
    expect(await loaded.predictAsync(windows, [1, 6])).toEqual(classifier.predict(windows, [1, 6]));
  });

  it.each(CLASSES)('$Class.name is seeded', ({Class, sizes}) => {
    expect(new Class(sizes, {seed: 7}).parameters()).toEqual(new Class(sizes, {seed: 7}).parameters());
    expect(new Class(sizes, {seed: 7}).parameters()).not.toEqual(new Class(sizes).parameters());
  });

  it('refuses weights of the other network', () => {
    const path = join(folder, 'other.pth');
    createNetwork(TINY_TRANSFORMER, 0).save(path);
    expect(() => BiLSTMClassifier.load(path)).toThrow(
      expect.objectContaining({
        code: 'MODEL_INVALID',
        message: 'The weights must be those of a bilstm, was "transformer".',
      }),
    );
  });

  it('frees its network at the end of the block', () => {
    let kept: BiLSTMClassifier;
    {
      using classifier = new BiLSTMClassifier(TINY_BILSTM);
      kept = classifier;
    }
    expect(() => kept.parameters()).toThrow(expect.objectContaining({code: 'NATIVE_FAILED'}));
  });
});
