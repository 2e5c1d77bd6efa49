import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {backtestLines, proofLines} from '../../../src/cli/backtest-lines.js';
import {loadTradingConfig} from '../../../src/config/trading-config.js';
import {simulateCandles} from '../../../src/exchange/simulate-candles.js';
import type {BacktestReport} from '../../../src/report/backtest-report.js';
import {tradesCsv} from '../../../src/report/trades-csv.js';
import {backtestFiles} from '../../../src/session/backtest-files.js';
import type {BacktestProof} from '../../../src/session/prove-backtest.js';
import {candlesToCsv} from '../../support/candle-csv.js';
import {ROOT} from '../../support/cli.js';
import {addonIsBuilt} from '../../support/native.js';
import {temporaryDirectory} from '../../support/temporary-directory.js';

/** @param decisions of each symbol, or of all */
async function reportOf(
  decisions: number | readonly number[],
  names: readonly string[],
  threshold = '0.5',
): Promise<BacktestReport> {
  const directory = temporaryDirectory();
  const files = names.map((name, i) => {
    const timeframe = {name: '1h', ms: 3_600_000};
    const wanted = typeof decisions === 'number' ? decisions : decisions[i]!;
    const candles = [...simulateCandles({symbol: 'BTC/USDT', timeframe, seed: 5 + i, candles: 649 + wanted})];
    writeFileSync(join(directory, name), candlesToCsv(candles));
    return join(directory, name);
  });
  const config = loadTradingConfig(
    {modelsDir: join(ROOT, 'models'), model: 'transformer', candles: files[0], threshold},
    {},
  );
  return backtestFiles({config, candlesFiles: files});
}

describe.skipIf(!addonIsBuilt)('the lines of a backtest', () => {
  it('put holding beside the strategy, and say how many trades it rests on', async () => {
    const report = await reportOf(100, ['BTC-USDT.csv']);
    const lines = backtestLines(report);
    const [symbol] = report.symbols;
    expect(lines[0]).toBe('transformer on BTC/USDT 1h, threshold 0.5, fee 10 and slippage 2 bps');
    expect(lines[1]).toContain('100 decisions behind 649 candles of warm-up');
    expect(lines[2]).toMatch(/^ +strategy +holding$/);
    const row = (label: string) => lines.find((line) => line.startsWith(`  ${label}`))!;
    expect(row('round trips')).toContain(`${String(symbol!.trades.length)}, `);
    expect(row('return')).toContain(`${(symbol!.performance!.totalReturn * 100).toFixed(2)}%`);
    expect(row('return')).toContain(`${(symbol!.buyAndHold!.totalReturn * 100).toFixed(2)}%`);
    expect(row('Sharpe')).toMatch(/-?\d+\.\d\d \[-?\d+\.\d\d, -?\d+\.\d\d\]/);
    expect(row('fees paid')).toContain('USDT');
    expect(lines.at(-1)).toMatch(/^ {2}refused: /);
  });

  it('show a portfolio first, then each symbol', async () => {
    const lines = backtestLines(await reportOf(30, ['BTC-USDT.csv', 'ETH-USDT.csv']));
    expect(lines[0]).toContain('BTC/USDT, ETH/USDT');
    expect(lines.filter((line) => /^(BTC|ETH)\/USDT: .* 30 decisions/.test(line))).toHaveLength(2);
    expect(lines.filter((line) => line.startsWith('  return '))).toHaveLength(3);
  });

  it('stay sane where nothing was traded, or decided', async () => {
    const silent = backtestLines(await reportOf(30, ['BTC-USDT.csv'], '0.99'));
    expect(silent.find((line) => line.startsWith('  round trips'))).toMatch(/ 0$/);
    expect(silent.find((line) => line.startsWith('  Sharpe'))).toMatch(/^ {2}Sharpe +- /);
    const empty = backtestLines(await reportOf([30, 0], ['BTC-USDT.csv', 'ETH-USDT.csv']));
    expect(empty).toContain('ETH/USDT: nothing was decided');
    expect([...silent, ...empty].join('\n')).not.toMatch(/NaN|undefined|null|Infinity/);
  });

  it('give the trades as CSV, every digit of them', async () => {
    const report = await reportOf(60, ['BTC-USDT.csv']);
    const [head, ...rows] = tradesCsv(report).trimEnd().split('\n');
    expect(head).toBe(
      'symbol,side,openedAtMs,closedAtMs,holdingMs,quantityBase,averageEntryPrice,averageExitPrice,grossPnlQuote,feesQuote,pnlQuote,returnOnEntry,entryReason,exitReason',
    );
    const {trades} = report.symbols[0]!;
    expect(rows).toHaveLength(trades.length);
    expect(rows[0]!.split(',')).toEqual(Object.values(trades[0]!).map(String));
  });
});

describe('the lines of a proof', () => {
  const proof = (change: Partial<BacktestProof['symbols'][number]>): BacktestProof => ({
    ...{ok: true, seed: 3},
    symbols: [
      {
        ...{symbol: 'BTC/USDT', cutsMs: [0, 60_000], decisions: 1234, lines: 2000, forecasts: 1234},
        ...{largestForecastDifference: 2.8e-8, lookAheads: [], ...change},
      },
    ],
  });

  it('say what was tried and what came of it', () => {
    expect(proofLines(proof({}))).toEqual([
      'BTC/USDT: 2 cuts at random places (seed 3): nothing looks ahead',
      '  1,234 decisions (2,000 journal lines) came out the same, byte for byte, without the candles behind them',
      '  1,234 forecasts were computed again and differ by at most 2.8e-8, by the rounding of batches',
    ]);
    expect(proofLines(proof({cutsMs: []}))[0]).toContain('nothing to prove');
  });

  it('name what looks ahead', () => {
    const lookAheads = [
      {cutMs: 60_000, candleMs: 0, what: 'the forecast was another'},
      {cutMs: 60_000, candleMs: null, what: 'a fill was another'},
    ];
    expect(proofLines(proof({lookAheads}))).toEqual([
      'BTC/USDT: 2 cuts at random places (seed 3): LOOKS AHEAD',
      '  cut behind 1970-01-01 00:01 UTC, candle 1970-01-01 00:00 UTC: the forecast was another',
      '  cut behind 1970-01-01 00:01 UTC: a fill was another',
    ]);
  });
});
