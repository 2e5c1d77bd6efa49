import {existsSync, readdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {simulateCandles} from '../../src/exchange/simulate-candles.js';
import type {RunResult} from '../../src/session/run.js';
import {candlesToCsv} from '../support/candle-csv.js';
import {realCandlesPath} from '../support/candles.js';
import {ROOT, runCli} from '../support/cli.js';
import {journalLines} from '../support/journal-lines.js';
import {withoutProgress} from '../support/progress-lines.js';
import {temporaryDirectory} from '../support/temporary-directory.js';

const WARM_UP = 649;
const HOUR = {name: '1h', ms: 3_600_000};
const models = ['--models-dir', join(ROOT, 'models')];

/** A file of simulated hourly candles that a run decides `decisions` times on. */
function candleFile(directory: string, decisions: number): string {
  const path = join(directory, 'candles.csv');
  const candles = [
    ...simulateCandles({symbol: 'BTC/USDT', timeframe: HOUR, seed: 5, candles: WARM_UP + decisions}),
  ];
  writeFileSync(path, candlesToCsv(candles));
  return path;
}

function resultOf(stdout: string): RunResult {
  return JSON.parse(stdout) as RunResult;
}

describe('dl-trade --model lstm', () => {
  it('trades the simulated market and shows life, all of it labelled as simulated', async () => {
    const cwd = temporaryDirectory();
    const {code, stdout, stderr} = await runCli(
      ['--model', 'lstm', '--speed', 'max', '--max-candles', '600', ...models],
      {cwd},
    );
    expect(withoutProgress(stderr)).toBe('');
    expect(code).toBe(0);
    const decided = stdout.split('\n').filter((line) => line.includes('p(up)'));
    expect(decided).toHaveLength(600);
    expect(decided.every((line) => line.endsWith('[simulated]'))).toBe(true);
    expect(stdout).toContain('SIMULATED: no price here was ever traded');
    expect(stdout).toMatch(/fill buy [\d.]+ BTC at/);
    expect(stdout).toMatch(/fill sell [\d.]+ BTC at .* realised [+-]/);
    expect(stdout).toMatch(/-> refused: [A-Z_]+/);
    expect(stdout).toMatch(/fees [\d.,]+ USDT/);
    expect(stdout).toMatch(/equity {7}10,000\.00 -> [\d.,]+ USDT/);
  });

  it('gives the same journal for the same seed, and another one for another', async () => {
    const runs = ['1', '1', '2'].map((seed, index) => ({seed, cwd: temporaryDirectory(), index}));
    const journals = [];
    for (const {seed, cwd} of runs) {
      const args = ['--speed', 'max', '--max-candles', '40', '--seed', seed, '--json', ...models];
      const {stdout} = await runCli(args, {cwd});
      journals.push(journalLines(join(cwd, resultOf(stdout).stateDirectory)).slice(1));
    }
    expect(journals[1]).toEqual(journals[0]);
    expect(journals[2]).not.toEqual(journals[0]);
  });

  it('prints one JSON object and nothing else with --json', async () => {
    const cwd = temporaryDirectory();
    const {code, stdout} = await runCli(['--speed', 'max', '--max-candles', '20', '--json', ...models], {
      cwd,
    });
    expect(code).toBe(0);
    const result = resultOf(stdout);
    expect(result).toMatchObject({model: 'lstm', simulated: true, finished: true, resumes: false});
    expect(result.summary).toMatchObject({candles: WARM_UP + 20, warmUpCandles: WARM_UP, decisions: 20});
  });

  it('starts a finished run anew in a directory of its own', async () => {
    const cwd = temporaryDirectory();
    const args = ['--speed', 'max', '--max-candles', '5', '--json', ...models];
    const first = resultOf((await runCli(args, {cwd})).stdout);
    const second = resultOf((await runCli(args, {cwd})).stdout);
    expect(second.stateDirectory).not.toBe(first.stateDirectory);
    expect(journalLines(join(cwd, second.stateDirectory))).toEqual(
      journalLines(join(cwd, first.stateDirectory)),
    );
  });

  it.each(['sim', 'paper'])('replays a file where the provider is %s, as without one', async (provider) => {
    const cwd = temporaryDirectory();
    const args = ['--candles', candleFile(cwd, 5), '--provider', provider, '--json', ...models];
    const {code, stdout, stderr} = await runCli(args, {cwd});
    expect(stderr).not.toContain('--provider');
    expect(code).toBe(0);
    expect(resultOf(stdout).simulated).toBe(false);
  });

  it('goes on after any kill -9 as if nothing had happened', {timeout: 180_000}, async () => {
    const cwd = temporaryDirectory();
    // So many that none of the lives below is over before its kill arrives.
    const args = ['--candles', candleFile(cwd, 1200), '--threshold', '0.5', ...models];
    const whole = await runCli([...args, '--state-dir', 'whole', '--json'], {cwd});
    expect(whole.code).toBe(0);
    expect(resultOf(whole.stdout).summary.fills).toBeGreaterThan(10);

    for (const lines of [3, 20, 21, 40, 60]) {
      const {signal} = await runCli([...args, '--state-dir', 'killed'], {
        cwd,
        onStdout(text, kill) {
          if (text.split('p(up)').length > lines) kill('SIGKILL');
        },
      });
      expect(signal).toBe('SIGKILL');
    }
    const end = await runCli([...args, '--state-dir', 'killed'], {cwd});
    expect(end.code).toBe(0);
    expect(end.stdout).toContain('going on with killed');
    expect(journalLines(join(cwd, 'killed'))).toEqual(journalLines(join(cwd, 'whole')));
  });

  it('stops cleanly at SIGINT and SIGTERM, and goes on from there', async () => {
    const cwd = temporaryDirectory();
    const args = ['--candles', candleFile(cwd, 60), '--state-dir', 'state', ...models];
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      let told = false;
      const {code, stdout} = await runCli([...args, '--speed', '36000'], {
        cwd,
        onStdout(text, kill) {
          if (told || !text.includes('p(up)')) return;
          told = true;
          kill(signal);
        },
      });
      expect(code).toBe(0);
      expect(stdout).toContain('Stopped: BTC/USDT 1h');
    }
    const {code, stdout} = await runCli([...args, '--json'], {cwd});
    expect(code).toBe(0);
    expect(resultOf(stdout)).toMatchObject({finished: true, resumes: true, summary: {decisions: 60}});
  });

  it('says so where no forecast crosses the threshold', async () => {
    const cwd = temporaryDirectory();
    const args = ['--speed', 'max', '--max-candles', '10', '--threshold', '0.999', ...models];
    const {stdout} = await runCli(args, {cwd});
    expect(stdout).toMatch(/No forecast crossed the threshold: probabilities lay in \[0\.\d+, 0\.\d+\]/);
  });

  it.skipIf(realCandlesPath('BTCUSDT-1h.csv') === undefined)(
    'replays real candles over six real gaps',
    async () => {
      const cwd = temporaryDirectory();
      const {code, stdout, stderr} = await runCli(
        ['--candles', realCandlesPath('BTCUSDT-1h.csv')!, '--max-candles', '300', '--json', ...models],
        {cwd},
      );
      expect(code).toBe(0);
      expect(withoutProgress(stderr)).toBe('');
      expect(resultOf(stdout)).toMatchObject({
        simulated: false,
        symbol: 'BTC/USDT',
        timeframe: '1h',
        summary: {decisions: 300},
      });
    },
  );
});

describe('the state directory', () => {
  it('is refused to a second process while the first one runs', async () => {
    const cwd = temporaryDirectory();
    const candles = candleFile(cwd, 600);
    const args = ['--candles', candles, '--state-dir', 'state', ...models];
    let second: ReturnType<typeof runCli> | undefined;
    const first = await runCli([...args, '--speed', '36000'], {
      cwd,
      onStdout(text, kill) {
        if (!text.includes('p(up)') || second !== undefined) return;
        second = runCli(args, {cwd}).finally(() => {
          kill('SIGINT');
        });
      },
    });
    expect(first.code).toBe(0);
    const {code, stderr} = await second!;
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^dl-trade: state directory "state" is in use by process \d+; .*\[STATE_LOCKED\]\n$/,
    );
  });

  it('is refused to another configuration and to a finished run', async () => {
    const cwd = temporaryDirectory();
    const args = ['--candles', candleFile(cwd, 5), '--state-dir', 'state', ...models];
    expect((await runCli([...args, '--json'], {cwd})).code).toBe(0);
    const finished = await runCli(args, {cwd});
    expect(finished.code).toBe(2);
    expect(finished.stderr).toContain('holds a finished run');
    const other = await runCli([...args, '--cash', '500'], {cwd});
    expect(other.code).toBe(2);
    expect(other.stderr).toContain('belongs to another strategy, source or configuration');
  });

  it('stays out of the way: nothing is written outside it', async () => {
    const cwd = temporaryDirectory();
    await runCli(['--speed', 'max', '--max-candles', '2', '--json', ...models], {cwd});
    expect(readdirSync(cwd)).toEqual(['.dl-trade']);
    expect(existsSync(join(cwd, '.dl-trade/sim-lstm-BTC-USDT-1h/run-0001/journal.sqlite'))).toBe(true);
  });
});
