import {execFileSync} from 'node:child_process';
import {existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';

import {inspectCheckpoint, loadNetwork} from '../../src/model/native.js';
import {ROOT} from '../support/cli.js';
import {addonIsBuilt} from '../support/native.js';
import {peakUntold} from '../support/process-memory.js';
import {findPython, runPython} from '../support/python.js';

interface CorpusEntry {
  readonly file: string;
  readonly verdict: 'accept' | 'refuse';
  readonly code: string;
}

const python = findPython('torch');
const skip = !addonIsBuilt
  ? 'the addon is not built'
  : python === undefined
    ? 'no Python with torch'
    : undefined;

describe.skipIf(skip !== undefined)(
  `the hostile corpus, through the addon in one process${skip === undefined ? '' : ` (skipped: ${skip})`}`,
  () => {
    let folder: string;
    let marker: string;
    let entries: readonly CorpusEntry[];

    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'dl-trade-corpus-'));
      marker = join(folder, 'a-payload-ran');
      process.env['DL_TRADE_CORPUS_MARKER'] = marker;
      runPython(python!, 'test/corpus/generate.py', '--out', folder);
      entries = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as CorpusEntry[];
    }, 120_000);

    afterAll(() => {
      delete process.env['DL_TRADE_CORPUS_MARKER'];
      rmSync(folder, {recursive: true, force: true});
    });

    it('gives every file the verdict and code that its manifest says, and runs nothing', () => {
      expect(entries.length).toBeGreaterThan(500);
      const wrong = entries.flatMap(({file, verdict, code}) => {
        const report = inspectCheckpoint(join(folder, file));
        const found = report.ok ? 'accept' : `refuse ${report.code}`;
        return found === (verdict === 'accept' ? 'accept' : `refuse ${code}`)
          ? []
          : [{file, verdict, code, found}];
      });
      expect(wrong).toEqual([]);
      expect(existsSync(marker)).toBe(false);
      expect(Object.keys(Object.prototype)).toEqual([]);
    }, 120_000);

    it('takes under a second of processor time and 64 MB for each file, and keeps none of it', ({skip}) => {
      if (peakUntold !== undefined) skip(peakUntold);
      const names = join(folder, 'names.json');
      writeFileSync(names, JSON.stringify(entries.map(({file}) => file)));
      const {costs, keptMegabytes} = checkpointCosts(names, folder);
      expect(costs.length).toBe(entries.length);
      expect(costs.filter(({ms, megabytes}) => !(ms < 1000 && megabytes < 64))).toEqual([]);
      expect(keptMegabytes).toBeLessThan(64);
    }, 120_000);

    it('loads none of the files that are to be refused, and fails on the others only for their model', () => {
      for (const {file, verdict} of entries) {
        const code = loadCode(join(folder, file));
        const allowed =
          verdict === 'accept' ? ['loaded', 'MODEL_INVALID'] : ['CHECKPOINT_REFUSED', 'MODEL_INVALID'];
        expect(allowed, file).toContain(code);
      }
      expect(existsSync(marker)).toBe(false);
    }, 120_000);
  },
);

interface CheckpointCosts {
  readonly costs: readonly {readonly file: string; readonly ms: number; readonly megabytes: number}[];
  readonly keptMegabytes: number;
}

/** Measured in a process of its own: in this one, other tests and their coverage take memory too. */
function checkpointCosts(names: string, folder: string): CheckpointCosts {
  const script = join(ROOT, 'test/support/checkpoint-costs.mjs');
  const options = {encoding: 'utf8', maxBuffer: 1 << 24} as const;
  return JSON.parse(
    execFileSync(process.execPath, ['--expose-gc', script, names, folder], options),
  ) as CheckpointCosts;
}

function loadCode(path: string): unknown {
  try {
    loadNetwork(path).dispose();
    return 'loaded';
  } catch (error) {
    return (error as {code?: unknown}).code;
  }
}
