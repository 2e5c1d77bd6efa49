import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {simulateCandles} from '../../src/exchange/simulate-candles.js';
import {backtestReport} from '../../src/report/backtest-report.js';
import {backtestPage} from '../../src/report/page/backtest-page.js';
import {candlesToCsv} from '../support/candle-csv.js';
import {runCli} from '../support/cli.js';
import {addonIsBuilt} from '../support/native.js';
import {temporaryDirectory} from '../support/temporary-directory.js';

const HOUR = {name: '1h', ms: 3_600_000};

function candleFile(decisions: number): {directory: string; file: string} {
  const directory = temporaryDirectory();
  const file = join(directory, 'BTC-USDT-1h.csv');
  writeFileSync(
    file,
    candlesToCsv([
      ...simulateCandles({symbol: 'BTC/USDT', timeframe: HOUR, seed: 6, candles: 649 + decisions}),
    ]),
  );
  return {directory, file};
}

// Seven processes, each of which loads LibTorch.
describe.skipIf(!addonIsBuilt)('dl-trade backtest', {timeout: 180_000}, () => {
  it('prints and writes the same JSON, and the trades and a page beside it', async () => {
    const {directory, file} = candleFile(40);
    const [out, trades, page] = ['result.json', 'trades.csv', 'page.html'].map((name) =>
      join(directory, name),
    ) as [string, string, string];
    const {code, stdout, stderr} = await runCli([
      ...['backtest', '--model', 'transformer', '--candles', file, '--threshold', '0.5', '--json'],
      ...['--out', out, '--trades', trades, '--report', page],
    ]);
    expect(code).toBe(0);
    expect(readFileSync(out, 'utf8')).toBe(stdout);
    const report = backtestReport.parse(JSON.parse(stdout));
    expect(readFileSync(trades, 'utf8').trimEnd().split('\n')).toHaveLength(
      report.symbols[0]!.trades.length + 1,
    );
    expect(readFileSync(page, 'utf8')).toBe(backtestPage(report));
    expect(stderr).toContain('warning: ');
  });

  it('prints a table by default, and a proof where asked for one', async () => {
    const {file} = candleFile(20);
    const table = await runCli([
      'backtest',
      '--model',
      'transformer',
      '--candles',
      file,
      '--threshold',
      '0.5',
    ]);
    expect(table).toMatchObject({code: 0});
    expect(table.stdout).toMatch(/strategy +holding\n {2}round trips/);
    const proof = await runCli([
      'backtest',
      '--model',
      'transformer',
      '--candles',
      file,
      '--prove',
      '--cuts',
      '2',
    ]);
    expect(proof).toMatchObject({code: 0});
    expect(proof.stdout).toContain('2 cuts at random places (seed 1): nothing looks ahead');
  });

  it('leaves nothing behind where it fails or is stopped', async () => {
    // Longer than the five seconds before a first line of progress, however fast the network is.
    const {directory, file} = candleFile(40_000);
    const out = join(directory, 'result.json');
    const common = ['backtest', '--model', 'lstm', '--candles', file];
    expect(await runCli([...common, '--out', join(directory, 'no', 'folder.json')])).toMatchObject({
      code: 1,
      stdout: '',
    });
    expect(await runCli([...common, '--out', file])).toMatchObject({code: 2});
    expect(await runCli([...common, '--from', 'soon'])).toMatchObject({code: 2});
    let isStopping = false;
    const stopped = await runCli([...common, '--out', out], {
      onStderr: (text, kill) => {
        if (isStopping || !text.includes('forecast BTC/USDT')) return;
        isStopping = true;
        kill('SIGINT');
      },
    });
    expect(stopped.code).toBe(1);
    expect(stopped.stderr).toContain('[INTERRUPTED]');
    expect(existsSync(out)).toBe(false);
    expect(readFileSync(file, 'utf8')).toMatch(/^timestamp/);
  });
});
