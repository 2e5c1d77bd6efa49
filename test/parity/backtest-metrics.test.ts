import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {Decimal} from '../../src/domain/decimal.js';
import {SeededRandom} from '../../src/domain/seeded-random.js';
import {accountReport} from '../../src/report/account-report.js';
import type {AccountHistory} from '../../src/report/account-report.js';
import type {BacktestTrade} from '../../src/report/backtest-report.js';
import {findPython, runPython} from '../support/python.js';
import {temporaryDirectory} from '../support/temporary-directory.js';

const python = findPython('numpy', 'pandas');

interface Reference extends Readonly<Record<string, unknown>> {
  readonly drawdown: readonly number[];
  readonly trades: Readonly<Record<string, number>>;
  readonly months: readonly {readonly month: string; readonly totalReturn: number}[];
}

/** An account that nobody traded: its curve need not follow from its trades to be measured. */
function someAccount(seed: string, candles: number, timeframeMs: number, volatility: number): AccountHistory {
  const random = new SeededRandom(seed);
  const timesMs = Array.from({length: candles + 1}, (_, i) => Date.UTC(2023, 10, 29) + i * timeframeMs);
  const equity = [10_000];
  // Some candles do not move it, as where nothing is held.
  for (let i = 0; i < candles; i++)
    equity.push(equity[i]! * (random.uniform() < 0.3 ? 1 : 1 + volatility * random.normal()));
  const amount = (scale: number): string => new Decimal(scale * random.normal()).toFixed(6);
  const trades = Array.from({length: 40}, (_, i) => ({
    pnlQuote: amount(20),
    returnOnEntry: 0.02 * random.normal(),
    holdingMs: (1 + Math.floor(40 * random.uniform())) * timeframeMs,
    closedAtMs: timesMs[1 + Math.floor((i / 40) * candles)]!,
  })) as unknown as BacktestTrade[];
  return {
    ...{startingCashQuote: new Decimal(10_000), endEquityQuote: new Decimal(equity.at(-1)!)},
    ...{timesMs, equity, buyAndHold: equity, trades},
    held: Uint8Array.from({length: candles}, () => (random.uniform() < 0.4 ? 1 : 0)),
    fills: Array.from({length: 80}, () => ({
      notionalQuote: new Decimal(1000 + Math.floor(100 * random.uniform())),
      feeQuote: new Decimal(1),
    })),
  };
}

const ACCOUNTS = [
  {history: someAccount('5m', 9000, 300_000, 0.0005), timeframeMs: 300_000},
  {history: someAccount('1h', 5000, 3_600_000, 0.003), timeframeMs: 3_600_000},
  {history: someAccount('1d', 400, 86_400_000, 0.02), timeframeMs: 86_400_000},
  {history: someAccount('few', 30, 3_600_000, 0.01), timeframeMs: 3_600_000},
];

describe.skipIf(python === undefined)('the measures of a backtest against numpy and pandas', () => {
  it('agree to 1e-9, computed afresh', () => {
    const path = join(temporaryDirectory(), 'accounts.json');
    const ours = ACCOUNTS.map(({history, timeframeMs}) =>
      accountReport(history, {timeframeMs, bounds: () => () => null}),
    );
    const inputs = ACCOUNTS.map(({history, timeframeMs}, i) => ({
      ...{
        timeframeMs,
        timesMs: history.timesMs,
        equityQuote: history.equity,
        held: [...(history.held as Uint8Array)],
      },
      ...{trades: history.trades, tradedQuote: Number(ours[i]!.tradeStatistics.tradedQuote)},
    }));
    writeFileSync(path, JSON.stringify(inputs));
    const theirs = JSON.parse(runPython(python!, 'tools/reference/measure_backtest.py', path)) as Reference[];
    let compared = 0;
    const agree = (name: string, mine: number | null | undefined, reference: unknown): void => {
      compared += 1;
      const want = reference as number;
      expect(Math.abs(mine! - want), name).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(want)));
    };
    for (const [i, reference] of theirs.entries()) {
      const {performance, tradeStatistics, curve, months} = ours[i]!;
      for (const name of [
        ...(['totalReturn', 'annualisedReturn', 'annualisedVolatility', 'sharpe', 'sortino'] as const),
        ...(['calmar', 'maxDrawdown', 'longestDrawdownMs'] as const),
      ])
        agree(name, performance![name], reference[name]);
      const {peakMs, troughMs, recoveredMs} = performance!.deepestDrawdown!;
      expect({peakMs, troughMs, recoveredMs}).toEqual({
        ...{
          peakMs: reference['peakMs'],
          troughMs: reference['troughMs'],
          recoveredMs: reference['recoveredMs'],
        },
      });
      for (const [k, drawdown] of reference.drawdown.entries())
        agree('drawdown', curve.drawdown[k], drawdown);
      agree('exposure', tradeStatistics.exposure, reference['exposure']);
      agree('turnover', tradeStatistics.turnover, reference['turnover']);
      for (const [name, want] of Object.entries(reference.trades))
        agree(name, tradeStatistics[name as 'winRate'], want);
      expect(months.map(({month}) => month)).toEqual(reference.months.map(({month}) => month));
      for (const [k, {totalReturn}] of reference.months.entries())
        agree('month', months[k]!.totalReturn, totalReturn);
    }
    expect(compared).toBeGreaterThan(14_000);
  });
});
