import {execFile} from 'node:child_process';
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import {promisify} from 'node:util';
import {describe, expect, it} from 'vitest';
import {candlesToCsv} from '../support/candle-csv.js';
import {CLI, ROOT} from '../support/cli.js';
import {ordinaryMarket} from '../support/markets.js';
import {useTemporaryDirectory} from '../support/temporary-directory.js';

const run = promisify(execFile);
const directory = useTemporaryDirectory();

/** Runs a module in a process of its own and gives what it printed last on stderr. */
async function lastWords(flags: readonly string[], args: readonly string[]): Promise<string> {
  // One arena for all threads: how many a machine would have depends on its cores.
  const env = {...process.env, MALLOC_ARENA_MAX: '1'};
  const {stderr} = await run(process.execPath, [...flags, ...args], {cwd: ROOT, env});
  return stderr.trim().split('\n').at(-1)!;
}

describe('dl-trade features', () => {
  const small = 20_000;
  const large = 60_000;

  /** Largest resident memory of an export, MB; a heap that is kept small shows what is really held. */
  async function peakOf(candles: number, format: string): Promise<number> {
    const file = directory.write(`${candles}.csv`, candlesToCsv(ordinaryMarket(2, candles)));
    const report = 'process.on("exit", () => console.error(process.resourceUsage().maxRSS))';
    const hook = `data:text/javascript,${encodeURIComponent(report)}`;
    const words = await lastWords(
      ['--max-semi-space-size=2', '--max-old-space-size=64', '--import', hook],
      [CLI, 'features', '--candles', file, '--out', directory.path(`out.${format}`)],
    );
    return Number(words) / 1024;
  }

  it.each(['csv', 'parquet'])('holds no more of a long file than of a short one: %s', async (format) => {
    const [smalls, larges]: [number[], number[]] = [[], []];
    const growth = (): number => Math.min(...larges) - Math.min(...smalls);
    // A peak is what is held and what the allocator happened to keep: of several, the lowest is the nearest to the first.
    while (smalls.length === 0 || (growth() >= 22 && smalls.length < 4)) {
      smalls.push(await peakOf(small, format));
      larges.push(await peakOf(large, format));
    }
    // The rows alone of those 40,000 candles are 27 MB, their text 57 MB.
    expect(growth()).toBeLessThan(22);
  });
});

describe('FeatureStream', () => {
  it('allocates nothing per candle', async () => {
    // Twenty thousand candles compile it; of one date, because a new one costs some hundred bytes.
    const script = join(directory.path('allocation.mjs'));
    writeFileSync(
      script,
      `
      const {FeatureStream} = await import(${JSON.stringify(pathToFileURL(join(ROOT, 'dist/features/index.js')).href)});
      const price = (i) => 100 + 3 * Math.sin(i / 50) + ((i * 7919) % 101) / 50;
      const candles = Array.from({length: 120_000}, (_, i) => {
        const [open, close] = [price(i - 1), price(i)];
        return {openTimeMs: 1.7e12 + i, open, high: Math.max(open, close) + 0.3, low: Math.min(open, close) - 0.2, close, volume: 0.5 + (i % 97)};
      });
      const bytes = [];
      for (let round = 0; round < 4; round++) {
        const stream = new FeatureStream();
        for (let i = 0; i < 20_000; i++) stream.push(candles[i]);
        globalThis.gc();
        const before = process.memoryUsage().heapUsed;
        for (let i = 20_000; i < candles.length; i++) stream.push(candles[i]);
        bytes.push((process.memoryUsage().heapUsed - before) / 100_000);
      }
      console.error(Math.min(...bytes));
      `,
    );
    // One double on the heap is 16 bytes. A young generation this large is not collected in between.
    const flags = ['--expose-gc', '--min-semi-space-size=64', '--max-semi-space-size=64'];
    const bytesPerCandle = Number(await lastWords(flags, [script]));
    expect(bytesPerCandle).toBeGreaterThanOrEqual(0);
    expect(bytesPerCandle).toBeLessThan(4);
  });
});
