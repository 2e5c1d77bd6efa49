import {cpSync, readFileSync, symlinkSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import type {DoctorReport, LawProofReport} from '../../src/index.js';
import {candlesToCsv} from '../support/candle-csv.js';
import {ROOT, runCli} from '../support/cli.js';
import {ordinaryMarket} from '../support/markets.js';
import {withoutProgress} from '../support/progress-lines.js';
import {temporaryDirectory} from '../support/temporary-directory.js';

/** Candles whose highest high comes late. */
function candleFile(directory: string, count: number): string {
  const path = join(directory, 'candles.csv');
  writeFileSync(path, candlesToCsv(ordinaryMarket(29, count)));
  return path;
}

describe('dl-trade doctor', () => {
  it('says of each thing that a run needs whether it is there', async () => {
    const {code, stdout, stderr} = await runCli(['doctor'], {cwd: temporaryDirectory()});
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^ok +node /);
    expect(stdout).toMatch(/^ok +model lstm +\d+ golden windows/m);
    expect(stdout).toMatch(/Everything that a run needs is here\.\n$/);
    expect(code).toBe(0);
  });

  it('exits with the code of the first failure, and names it', async () => {
    const env = {TRADING_MAX_OPEN_POSITIONS: 'many'};
    const {code, stdout} = await runCli(['doctor', '--json'], {cwd: temporaryDirectory(), env});
    const {ok, checks} = JSON.parse(stdout) as DoctorReport;
    expect(ok).toBe(false);
    expect(checks.find(({check}) => check === 'config')).toMatchObject({
      verdict: 'failed',
      code: 'CONFIG_INVALID',
    });
    expect(code).toBe(2);
  });

  it.each([
    [['doctor', '--features'], /--features needs candles/],
    [['doctor', '--thorough'], /go with --features/],
    [['doctor', '--candles', 'x.csv'], /go with --features/],
    [['doctor', 'features'], /too many arguments/],
  ])('refuses %j', async (args, message) => {
    const {code, stderr, stdout} = await runCli(args);
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
    expect(stdout).toBe('');
  });
});

describe('dl-trade doctor --features', () => {
  it('finds that the laws hold', async () => {
    const candles = candleFile(temporaryDirectory(), 1200);
    const {code, stdout, stderr} = await runCli(['doctor', '--features', '--candles', candles]);
    expect(withoutProgress(stderr)).toBe('');
    expect(stdout.match(/ holds /g)).toHaveLength(4);
    expect(code).toBe(0);
  });

  it('is a data error where the candles are too few', async () => {
    const candles = candleFile(temporaryDirectory(), 500);
    const {code, stderr} = await runCli(['doctor', '--features', '--candles', candles]);
    expect(stderr).toMatch(/want at least 602.*\[CANDLES_TOO_FEW\]/);
    expect(code).toBe(3);
  });

  it('names the features that a change has broken, and exits with 1', async () => {
    // The package as it was built, with one indicator changed as a user might.
    const directory = temporaryDirectory();
    for (const part of ['dist', 'package.json'])
      cpSync(join(ROOT, part), join(directory, part), {recursive: true});
    symlinkSync(join(ROOT, 'node_modules'), join(directory, 'node_modules'));
    const indicator = join(directory, 'dist/features/indicators/candle-channels.js');
    let code = readFileSync(indicator, 'utf8');
    for (const [from, to] of [
      ['row[at] = window.open[head];', 'row[at] = this.seen = (this.seen ?? 0) + 1;'],
      [
        'row[at + 1] = window.high[head];',
        'row[at + 1] = CandleChannels.top = Math.max(CandleChannels.top ?? 0, window.high[head]);',
      ],
      ['row[at + 4] = window.volume[head];', 'row[at + 4] = window.volume[head] / 0;'],
    ] as const) {
      expect(code).toContain(from);
      code = code.replace(from, to);
    }
    writeFileSync(indicator, code);

    const args = ['doctor', '--features', '--candles', candleFile(directory, 1200)];
    const cli = join(directory, 'dist/cli/main.js');
    const {code: exitCode, stdout} = await runCli(args, {cli});
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^ {2}finite +BROKEN by 1 feature/m);
    expect(stdout).toMatch(/^ {2}finite +volume +\S+Z +Infinity at/m);
    expect(stdout).toMatch(/^ {2}causality +high +\S+Z +off by /m);
    expect(stdout).toMatch(/^ {2}history-independence +open +\S+Z +off by [\d.]+ at .*history begins at/m);

    const json = await runCli([...args, '--json'], {cli});
    const {holds, breaches} = JSON.parse(json.stdout) as LawProofReport;
    expect(json.code).toBe(1);
    expect(holds).toBe(false);
    expect(new Set(breaches.map(({feature}) => feature))).toEqual(new Set(['open', 'high', 'volume']));
    expect(breaches.find(({law}) => law === 'finite')).toMatchObject({actual: 'Infinity'});
  });
});
