import {existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';

import {inspectCheckpoint, loadNetwork} from '../../src/model/native.js';
import {addonIsBuilt} from '../support/native.js';
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

    it.skipIf(process.platform !== 'linux')(
      'takes under a second of processor time and 64 MB for each file, and keeps none of it',
      () => {
        const atFirst = residentMegabytes('VmRSS');
        const dear = entries.flatMap(({file}) => {
          writeFileSync('/proc/self/clear_refs', '5'); // the peak begins anew
          const before = residentMegabytes('VmRSS');
          const started = process.cpuUsage();
          inspectCheckpoint(join(folder, file));
          const {user, system} = process.cpuUsage(started);
          const cost = {ms: (user + system) / 1000, megabytes: residentMegabytes('VmHWM') - before};
          return cost.ms < 1000 && cost.megabytes < 64 ? [] : [{file, ...cost}];
        });
        expect(dear).toEqual([]);
        expect(residentMegabytes('VmRSS') - atFirst).toBeLessThan(64);
      },
      120_000,
    );

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

/** @param field VmRSS, or VmHWM, its peak */
function residentMegabytes(field: string): number {
  const found = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readFileSync('/proc/self/status', 'utf8'));
  return Number(found![1]) / 1000;
}

function loadCode(path: string): unknown {
  try {
    loadNetwork(path).dispose();
    return 'loaded';
  } catch (error) {
    return (error as {code?: unknown}).code;
  }
}
