import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {FEATURE_SCHEMA} from '../../src/features/schema.js';
import {verifyGolden} from '../../src/model/golden.js';
import {parseManifestText} from '../../src/model/manifest.js';
import {modelCard} from '../../src/model/model-card.js';
import {ModelPersistence} from '../../src/model/model-persistence.js';
import {requireModel} from '../../src/session/require-model.js';
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

  it.each(NAMES)('have the card that their manifest gives: %s', (name) => {
    const read = (file: string): string => readFileSync(join(ROOT, 'models', name, file), 'utf8');
    expect(read('MODEL_CARD.md')).toBe(modelCard(name, parseManifestText(read('manifest.json'), name)));
  });

  it.skipIf(!addonIsBuilt)(
    'have one that is recorded as best, and beat the base rate, interval and all',
    async () => {
      const best = await requireModel('best', join(ROOT, 'models'));
      best.network.dispose();
      expect(NAMES).toContain(best.name);
      const {values} = best.manifest.metrics!;
      expect((values['accuracy'] as {low: number}).low).toBeGreaterThan(values['baseRate'] as number);
    },
  );

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
