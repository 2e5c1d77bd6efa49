import {spawn} from 'node:child_process';
import {existsSync, readFileSync, readdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import type {ReplayReport, RunReport, RunStatus, SwitchResult} from '../../src/index.js';
import {CLI, ROOT, runCli} from '../support/cli.js';
import type {CliResult} from '../support/cli.js';
import {journalLines} from '../support/journal-lines.js';
import {withoutProgress} from '../support/progress-lines.js';
import {forgedJournal, tamper} from '../support/tampered-journal.js';
import {temporaryDirectory} from '../support/temporary-directory.js';

const models = ['--models-dir', join(ROOT, 'models')];
const bounded = ['--speed', 'max', '--threshold', '0.5', ...models];

function json({stdout}: CliResult): unknown {
  return JSON.parse(stdout);
}

/** Runs an endless simulation, does something once it decides, and stops it. */
async function whileRunning(
  cwd: string,
  args: readonly string[],
  work: (child: {readonly stdout: () => string}) => Promise<void>,
): Promise<{code: number | null; stdout: string; stderr: string}> {
  const child = spawn(process.execPath, [CLI, '--speed', '72000', '--threshold', '0.5', ...models, ...args], {
    cwd,
    env: {PATH: process.env['PATH'] ?? ''},
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  const ended = new Promise<number | null>((resolve) => {
    child.on('close', resolve);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  await new Promise<void>((resolve) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      if (stdout.includes('p(up)')) resolve();
    });
    child.on('close', () => {
      resolve();
    });
  });
  try {
    await work({stdout: () => stdout});
  } finally {
    child.kill('SIGTERM');
  }
  return {code: await ended, stdout, stderr};
}

describe('dl-trade replay', () => {
  it('matches a run byte for byte, for people and for programs', async () => {
    const cwd = temporaryDirectory();
    await runCli(['--state-dir', 'state', '--max-candles', '40', ...bounded], {cwd});
    const people = await runCli(['replay', '--state-dir', 'state', ...models], {cwd});
    expect(withoutProgress(people.stderr)).toBe('');
    expect(people.code).toBe(0);
    expect(people.stdout).toMatch(
      /^lstm on BTC\/USDT 1h, state: 40 decisions \(\d+ of \d+ lines\) match, byte for byte\n$/,
    );
    const programs = await runCli(['replay', '--state-dir', 'state', '--json', ...models], {cwd});
    expect(json(programs) as ReplayReport).toMatchObject({ok: true, matchedSteps: 40, finished: true});
  });

  it('shows the first line that differs, field by field, and exits with 3', async () => {
    const cwd = temporaryDirectory();
    await runCli(['--state-dir', 'state', '--max-candles', '10', ...bounded], {cwd});
    const seq = journalLines(join(cwd, 'state')).findIndex((line) => line.startsWith('step')) + 3;
    const forged = forgedJournal(join(cwd, 'state'), seq, (body) =>
      body.replace('"halted":false', '"halted":true'),
    );
    const {code, stdout} = await runCli(['replay', '--state-dir', forged, ...models], {cwd});
    expect(code).toBe(3);
    expect(stdout).toMatch(/DIFFERS behind \d+ decisions/);
    expect(stdout).toMatch(new RegExp(`line ${String(seq)}, step of the candle 20\\d\\d-.* UTC:`));
    expect(stdout).toContain('halted: recorded true, computed false');
  });

  it('refuses a changed file, another model and no journal, each with what to do', async () => {
    const cwd = temporaryDirectory();
    await runCli(['--state-dir', 'state', '--max-candles', '5', ...bounded], {cwd});
    const other = await runCli(['replay', '--state-dir', 'state', '--model', 'transformer', ...models], {
      cwd,
    });
    expect(other.code).toBe(2);
    expect(other.stderr).toMatch(/written with the weights .*--model PATH/);
    tamper(join(cwd, 'state'), 'UPDATE entries SET recorded_at_ms = recorded_at_ms + 1 WHERE seq = 9');
    for (const command of ['replay', 'report', 'status']) {
      const args = [command, '--state-dir', 'state', ...(command === 'replay' ? models : [])];
      const changed = await runCli(args, {cwd});
      expect(changed.code).toBe(3);
      expect(changed.stderr).toMatch(/line 9 is not what was written.*\[JOURNAL_CORRUPT\]/);
    }
    const nowhere = await runCli(['replay', '--state-dir', 'nowhere', ...models], {cwd});
    expect(nowhere.code).toBe(3);
    expect(nowhere.stderr).toMatch(/no journal lies in "nowhere"/);
  });
});

describe('dl-trade halt', () => {
  it('stops a running strategy from opening, closes what it holds, and lets it go on', async () => {
    const cwd = temporaryDirectory();
    const {code, stderr} = await whileRunning(cwd, ['--state-dir', 'state'], async () => {
      const halt = await runCli(
        ['halt', '--state-dir', 'state', '--flatten', '--reason', 'bad news', '--json'],
        {cwd},
      );
      expect(halt.code).toBe(0);
      expect(json(halt) as SwitchResult[]).toEqual([
        {stateDirectory: 'state', running: true, finished: false, confirmed: true},
      ]);
      expect(readFileSync(join(cwd, 'state/halt.json'), 'utf8')).toContain('"reason": "bad news"');
      const status = json(await runCli(['status', '--state-dir', 'state', '--json'], {cwd})) as RunStatus;
      expect(status).toMatchObject({state: 'running', halted: {reason: 'bad news', flatten: true}});
      const resume = await runCli(['resume', '--state-dir', 'state'], {cwd});
      expect(resume).toMatchObject({code: 0, stdout: 'state: resumed, and the running process has obeyed\n'});
      const again = await runCli(['halt', '--state-dir', 'state'], {cwd});
      expect(again.stdout).toBe('state: halted, and the running process has obeyed\n');
    });
    expect(code).toBe(6);
    expect(stderr).toMatch(
      /HALTED \(bad news\)[^]*resumed: positions[^]*HALTED \(by dl-trade halt\)[^]*exit code is 6/,
    );
    const replay = await runCli(['replay', '--state-dir', 'state', '--json', ...models], {cwd});
    expect(json(replay) as ReplayReport).toMatchObject({ok: true, finished: false});
    expect(journalLines(join(cwd, 'state')).filter((line) => line.startsWith('halt'))).toHaveLength(2);
  });

  it('finds the strategies that run here by itself, and stands for the next start of one that does not', async () => {
    const cwd = temporaryDirectory();
    const nothing = await runCli(['halt'], {cwd});
    expect(nothing.code).toBe(2);
    expect(nothing.stderr).toMatch(/no strategy runs below \.dl-trade\/.*--all/);
    let directory = '';
    await whileRunning(cwd, [], async () => {
      const halted = await runCli(['halt', '--json'], {cwd});
      const [result] = json(halted) as SwitchResult[];
      expect(result).toMatchObject({running: true, confirmed: true});
      directory = result!.stateDirectory;
      expect((await runCli(['resume'], {cwd})).code).toBe(0);
    });
    expect((await runCli(['resume'], {cwd})).stderr).toMatch(/nothing is halted below/);
    const stopped = await runCli(['halt', '--all', '--flatten'], {cwd});
    expect(stopped.stdout).toBe(
      `${directory}: halted; no process runs there, the next one will find it so\n`,
    );
    expect((await runCli(['status'], {cwd})).stdout).toMatch(/stopped, HALTED/);
    const next = await whileRunning(cwd, [], () => Promise.resolve());
    expect(next.code).toBe(6);
    expect(next.stdout).toContain(`going on with ${directory}`);
    expect(next.stderr).toMatch(/HALTED/);
  });

  it('takes a hand-made file for a command, and does not wait for a process that is stopped', async () => {
    const cwd = temporaryDirectory();
    await whileRunning(cwd, ['--state-dir', 'state'], async () => {
      const {pid} = JSON.parse(readFileSync(join(cwd, 'state/owner.json'), 'utf8')) as {pid: number};
      process.kill(pid, 'SIGSTOP');
      const halt = await runCli(['halt', '--state-dir', 'state'], {cwd});
      process.kill(pid, 'SIGCONT');
      expect(halt.code).toBe(1);
      expect(halt.stderr).toMatch(/has not obeyed within three seconds/);
    });
    const state = join(cwd, 'fresh');
    await runCli(['--state-dir', 'fresh', '--max-candles', '1', ...bounded], {cwd});
    writeFileSync(join(state, 'halt.json'), '');
    const status = await runCli(['status', '--state-dir', 'fresh', '--json'], {cwd});
    expect((json(status) as RunStatus).haltOrdered).toMatchObject({
      reason: 'a halt.json that holds no command',
    });
  });

  it('refuses to guess which of several is meant to be closed or resumed', async () => {
    const cwd = temporaryDirectory();
    await whileRunning(cwd, ['--seed', '1'], async () => {
      await whileRunning(cwd, ['--seed', '2'], async () => {
        const flatten = await runCli(['halt', '--flatten'], {cwd});
        expect(flatten.code).toBe(2);
        expect(flatten.stderr).toMatch(
          /halt --flatten could mean .*run-0001, .*run-0002; name one with --state-dir, or say --all/,
        );
        const halt = await runCli(['halt', '--json'], {cwd});
        expect((json(halt) as SwitchResult[]).map(({confirmed}) => confirmed)).toEqual([true, true]);
        expect((await runCli(['resume'], {cwd})).code).toBe(2);
        expect((await runCli(['resume', '--all'], {cwd})).code).toBe(0);
      });
    });
    expect((await runCli(['halt', '--state-dir', 'nowhere'], {cwd})).code).toBe(3);
    expect(
      (await runCli(['resume', '--state-dir', '.dl-trade/sim-lstm-BTC-USDT-1h/run-0001'], {cwd})).code,
    ).toBe(2);
  });
});

describe('dl-trade status and report', () => {
  it('say from the journal alone what a run is and came to', async () => {
    const cwd = temporaryDirectory();
    expect((await runCli(['status'], {cwd})).stdout).toMatch(/^No strategy has run here/);
    const exits = ['--stop-loss', '1.5', '--take-profit', '2', '--trailing-stop', '1', '--max-holding', '8h'];
    const run = await runCli(['--max-candles', '150', ...bounded, ...exits], {cwd});
    expect(run.stdout).toContain(', stop-loss 1.5%, take-profit 2%, trailing stop 1%, held at most 8h');
    const list = await runCli(['status'], {cwd});
    expect(list.stdout).toMatch(
      /^\.dl-trade\/sim-lstm-BTC-USDT-1h\/run-0001 {2}lstm on BTC\/USDT 1h, paper, finished\n/,
    );
    expect(list.stdout).toMatch(/equity [\d,.]+ USDT {2}today's drawdown [\d.]+%/);

    const directory = '.dl-trade/sim-lstm-BTC-USDT-1h/run-0001';
    const full = await runCli(['status', '--state-dir', directory], {cwd});
    for (const line of ['state', 'last candle', 'position', 'equity', 'open orders', 'last decision'])
      expect(full.stdout).toContain(`\n  ${line}`);
    const report = json(await runCli(['report', '--state-dir', directory, '--json'], {cwd})) as RunReport;
    expect(report.summary.decisions).toBe(150);
    expect(report.trades.list).toHaveLength(report.trades.closed);
    expect(report.identity.exits).toEqual({
      ...{stopLoss: 0.015, takeProfit: 0.02, trailingStop: 0.01, maxHoldingMs: 28_800_000},
    });
    const text = await runCli(['report', '--state-dir', directory], {cwd});
    expect(text.stdout).toMatch(/trades +\d+ closed: \d+ won, \d+ lost/);
    expect(text.stdout).toMatch(/Sharpe .*max drawdown [\d.]+%/);
  });

  it('keep a damaged journal and every other one apart', async () => {
    const cwd = temporaryDirectory();
    const args = ['--max-candles', '3', ...bounded];
    for (const seed of ['1', '2']) await runCli([...args, '--seed', seed], {cwd});
    const base = join(cwd, '.dl-trade/sim-lstm-BTC-USDT-1h');
    tamper(join(base, 'run-0001'), 'UPDATE entries SET recorded_at_ms = 0 WHERE seq = 5');
    const status = await runCli(['status'], {cwd});
    expect(status.code).toBe(3);
    expect(status.stdout).toMatch(
      /run-0001\n {2}journal .* is damaged .*\[JOURNAL_CORRUPT\]\n.*run-0002 .*finished/,
    );

    const named = await runCli([...args, '--seed', '1', '--state-dir', join(base, 'run-0001')], {cwd});
    expect(named.code).toBe(3);
    expect(named.stderr).toMatch(/kept unchanged as .*damaged-1.*name a fresh --state-dir/);
    expect(readdirSync(join(base, 'run-0001'))).toContain('journal.sqlite.damaged-1');
    expect(existsSync(join(base, 'run-0001/journal.sqlite'))).toBe(false);
  });
});

describe('a journal under kill -9', () => {
  it('is whole after every kill and replays to the byte', async () => {
    const cwd = temporaryDirectory();
    for (const candles of [2, 9, 17, 30]) {
      const {signal} = await runCli(['--state-dir', 'state', ...bounded, '--max-candles', '1000'], {
        cwd,
        onStdout(text, kill) {
          if (text.split('p(up)').length > candles) kill('SIGKILL');
        },
      });
      expect(signal).toBe('SIGKILL');
      const {code, stdout} = await runCli(['replay', '--state-dir', 'state', '--json', ...models], {cwd});
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ok: true});
    }
  });
});

describe('two strategies', () => {
  it('in two processes at once journal what each journals alone', async () => {
    const cwd = temporaryDirectory();
    const run = (model: string, at: string): Promise<CliResult> =>
      runCli(['--model', model, '--state-dir', `${model}-${at}`, '--max-candles', '30', ...bounded], {cwd});
    for (const model of ['lstm', 'transformer']) await run(model, 'alone');
    await Promise.all(['lstm', 'transformer'].map((model) => run(model, 'beside')));
    for (const model of ['lstm', 'transformer'])
      expect(journalLines(join(cwd, `${model}-beside`))).toEqual(journalLines(join(cwd, `${model}-alone`)));
  });
});
