import {spawnSync} from 'node:child_process';
import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {beforeAll, describe, expect, it} from 'vitest';
import {memoryUntold} from '../support/process-memory.js';
import {readManifest, wrongVerdicts, type CorpusFile, type Verdict} from './corpus-manifest.js';

const folder = process.env['DL_TRADE_CORPUS'];
const executable = process.env['DL_TRADE_CHECKPOINT_VERDICT'];
const plain = process.env['DL_TRADE_CHECKPOINT_VERDICT_PLAIN'];
const python = process.env['DL_TRADE_PYTHON'];
const rewrite = process.env['DL_TRADE_CHECKPOINT_REWRITE'];

interface Judged extends Verdict {
  readonly file: string;
  /** Processor time. */
  readonly ms: number;
  /** Bytes of memory above what the process had before the file; null where the system does not tell. */
  readonly rss: number | null;
}

function judge(
  directory: string,
  program: string,
  files: readonly CorpusFile[],
  ...flags: readonly string[]
): Map<string, Judged> {
  const run = spawnSync(program, [...flags, ...files.map(({file}) => join(directory, file))], {
    encoding: 'utf8',
    env: {...process.env, DL_TRADE_CORPUS_MARKER: join(directory, 'marker')},
    maxBuffer: 1 << 28,
  });
  expect(run.stderr, 'a sanitizer spoke').toBe('');
  expect(run.status).toBe(0);
  // One line a file, in the order given: names may hold what JSON escapes byte by byte.
  const lines = run.stdout.trim().split('\n');
  return new Map(lines.map((line, index) => [files[index]!.file, JSON.parse(line) as Judged]));
}

if (folder === undefined || executable === undefined) {
  describe('the hostile corpus', () => {
    it.skip('needs DL_TRADE_CORPUS (test/corpus/generate.py) and DL_TRADE_CHECKPOINT_VERDICT (native/test)', () =>
      undefined);
  });
} else {
  describe('the hostile corpus', () => {
    const files = readManifest(folder);
    let judged: Map<string, Judged>;
    beforeAll(() => {
      judged = judge(folder, executable, files);
    }, 300_000);

    it('is large enough to mean something', () => {
      expect(files.filter(({verdict}) => verdict === 'accept').length).toBeGreaterThan(100);
      expect(files.filter(({verdict}) => verdict === 'refuse').length).toBeGreaterThan(1000);
    });

    it('is as large as docs/checkpoints.md says', () => {
      const page = readFileSync(join(import.meta.dirname, '../../docs/checkpoints.md'), 'utf8');
      const [, read, refused] =
        /holds ([\d,]+) files that must be read and ([\d,]+) that must be refused/.exec(page)!;
      const said = [read!, refused!].map((text) => Number(text.replaceAll(',', '')));
      expect(said).toEqual(
        ['accept', 'refuse'].map((wanted) => files.filter(({verdict}) => verdict === wanted).length),
      );
    });

    it('is survived by one process and judged rightly, file by file', () => {
      expect(judged.size).toBe(files.length);
      expect(wrongVerdicts(files, ({file}) => judged.get(file)!)).toEqual([]);
    });

    it.for([
      ['under sanitizers', executable],
      ['without sanitizers', plain],
    ] as const)(
      'costs less than a second and 64 MB a file, each in a process of its own, %s',
      {timeout: 300_000},
      ([, program], {skip}) => {
        if (program === undefined) throw new Error('DL_TRADE_CHECKPOINT_VERDICT_PLAIN names no program');
        const costs = judge(folder, program, files, '--apart');
        expect(costs.size).toBe(files.length);
        expect(wrongVerdicts(files, ({file}) => costs.get(file)!)).toEqual([]);
        const isSmall = (rss: number | null): boolean =>
          rss === null ? memoryUntold !== undefined : rss < 64 * 2 ** 20;
        expect([...costs.values()].filter(({ms, rss}) => !(ms < 1000 && isSmall(rss)))).toEqual([]);
        if (memoryUntold !== undefined) skip(memoryUntold);
      },
    );

    it('says in every refusal what was found', () => {
      const silent = [...judged.values()].filter(({ok, message}) => !ok && message.length < 15);
      expect(silent).toEqual([]);
    });

    it('runs nothing', () => {
      expect(existsSync(join(folder, 'marker'))).toBe(false);
    });

    it.skipIf(python === undefined || rewrite === undefined)(
      'gives the tensors that torch.load gives, bit for bit, and Python loads what is written',
      () => {
        const script = 'tools/reference/check_written_checkpoint.py';
        const run = spawnSync(python!, [script, '--rewrite', rewrite!, '--corpus', folder], {
          encoding: 'utf8',
        });
        expect(run.stdout + run.stderr).toMatch(/^\d+ files compared/);
        expect(run.status).toBe(0);
      },
      300_000,
    );
  });
}
