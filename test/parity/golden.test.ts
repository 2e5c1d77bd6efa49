import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {FEATURE_SCHEMA} from '../../src/features/schema.js';
import {verifyGolden} from '../../src/model/golden.js';
import {ModelPersistence} from '../../src/model/model-persistence.js';
import {ROOT} from '../support/cli.js';
import {addonIsBuilt} from '../support/native.js';
import {findPython, runPython} from '../support/python.js';

const NAMES = ['lstm', 'transformer'];
const python = findPython('torch');

describe('the shipped models', () => {
  it.skipIf(!addonIsBuilt).each(NAMES)('give the logits of their golden file: %s', async (name) => {
    const persistence = new ModelPersistence(join(ROOT, 'models'), {schema: FEATURE_SCHEMA});
    const model = await persistence.load(name);
    const golden = await persistence.loadGolden(name);
    expect(golden!.tolerance).toBeLessThanOrEqual(1e-5);
    const report = verifyGolden(model!.network, model!.manifest.sequenceLength, golden!);
    model!.network.dispose();
    expect(report).toMatchObject({agrees: true, windows: 8});
  });

  it.skipIf(python === undefined)('give them in Python too, recomputed now', () => {
    const printed = runPython(
      python!,
      'tools/reference/check_golden.py',
      ...NAMES.map((name) => join(ROOT, 'models', name)),
    );
    const lines = printed
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as {model: string; largestDifference: number});
    expect(lines.map(({model}) => model)).toEqual(NAMES);
    for (const {largestDifference} of lines) expect(largestDifference).toBeLessThanOrEqual(1e-5);
  });
});
