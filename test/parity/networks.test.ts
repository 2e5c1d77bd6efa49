import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';

import {loadNetwork, nativeVersions} from '../../src/model/native.js';
import {addonIsBuilt, NETWORK_FIXTURES} from '../support/native.js';
import {largestDifference, readReferenceSets, type ReferenceSet} from '../support/network-reference.js';
import {findPython, ROOT, runPython} from '../support/python.js';

const TOLERANCE = 1e-5;
const python = findPython('torch');

interface ParityRow {
  set: string;
  batch_1: number;
  batch_64: number;
  /** Of Python's logits from the weights saved here. */
  saved?: number;
}

describe.skipIf(!addonIsBuilt)('networks, against the checked-in reference', () => {
  it.each(readReferenceSets(NETWORK_FIXTURES))('$name gives the logits that PyTorch gave', (set) => {
    expectParity(NETWORK_FIXTURES, set);
  });
});

const skip = !addonIsBuilt
  ? 'the addon is not built'
  : python === undefined
    ? 'no Python with torch'
    : undefined;

describe.skipIf(skip !== undefined)(
  `networks, against a reference made now${skip === undefined ? '' : ` (skipped: ${skip})`}`,
  () => {
    let folder: string;
    let sets: readonly ReferenceSet[];

    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'dl-trade-parity-'));
      runPython(python!, 'tools/reference/make_network_reference.py', '--out', folder);
      sets = readReferenceSets(folder);
    }, 120_000);

    afterAll(() => {
      rmSync(folder, {recursive: true, force: true});
    });

    it('every set gives the same logits, alone and in batches, and so do its weights saved here and loaded in Python', () => {
      const saved = join(folder, 'saved');
      mkdirSync(saved);
      const rows = sets.map((set) => {
        const row = expectParity(folder, set);
        const network = loadNetwork(join(folder, `${set.name}.checkpoint.pth`));
        network.save(join(saved, `${set.name}.pth`));
        return row;
      });
      const report = runPython(
        python!,
        'tools/reference/check_saved.py',
        '--reference',
        folder,
        '--saved',
        saved,
      );
      const differences = JSON.parse(report) as Record<string, number>;
      for (const row of rows) row.saved = differences[row.set] ?? Infinity;

      writeParityTable(rows);
      expect(rows.length).toBeGreaterThan(0);
      expect(rows.filter((row) => !(row.saved! <= TOLERANCE))).toEqual([]);
    }, 120_000);

    it('the default networks have the parameters that the Python ones have', () => {
      const counts = Object.fromEntries(sets.map((set) => [set.name, set.parameterCount]));
      expect(counts).toMatchObject({'bilstm-default': 616_705, 'transformer-default': 407_809});
      for (const set of sets) {
        expect(loadNetwork(join(folder, `${set.name}.checkpoint.pth`)).parameterCount).toBe(
          set.parameterCount,
        );
      }
    });
  },
);

function expectParity(folder: string, set: ReferenceSet): ParityRow {
  const nested = loadNetwork(join(folder, `${set.name}.checkpoint.pth`));
  // A bare state_dict does not say how many heads there are.
  const bare = loadNetwork(join(folder, `${set.name}.state.pth`), set.hyperparameters);
  expect(nested.hyperparameters).toEqual(set.hyperparameters);
  const row = {
    set: set.name,
    batch_1: Math.max(largestDifference(nested, folder, set, 1), largestDifference(bare, folder, set, 1)),
    batch_64: Math.max(largestDifference(nested, folder, set, 64), largestDifference(bare, folder, set, 64)),
  };
  expect(row.batch_1).toBeLessThanOrEqual(TOLERANCE);
  expect(row.batch_64).toBeLessThanOrEqual(TOLERANCE);
  return row;
}

function writeParityTable(rows: readonly ParityRow[]): void {
  const target = join(ROOT, 'build', 'parity');
  mkdirSync(target, {recursive: true});
  const table = {tolerance: TOLERANCE, windows: 200, versions: nativeVersions(), rows};
  writeFileSync(join(target, 'networks.json'), `${JSON.stringify(table, null, 2)}\n`);
}
