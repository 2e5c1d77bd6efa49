import {describe, expect, it} from 'vitest';
import {Decimal} from '../../../src/domain/decimal.js';
import type {AccountHistory} from '../../../src/report/account-report.js';
import {portfolioHistory} from '../../../src/report/portfolio-history.js';

function account(
  timesMs: readonly number[],
  equity: readonly number[],
  held: readonly number[],
): AccountHistory {
  return {
    ...{timesMs, equity, held, buyAndHold: equity.map((one) => one * 2)},
    startingCashQuote: new Decimal(100),
    endEquityQuote: new Decimal(equity.at(-1) ?? 100),
    trades: [],
    fills: [],
  };
}

describe('portfolioHistory', () => {
  it('adds up what each was worth at every time that any of them has', () => {
    const found = portfolioHistory([
      account([1, 2, 3], [100, 110, 120], [1, 0]),
      account([2, 3, 4, 5], [100, 90, 80, 70], [0, 1, 0]),
    ]);
    expect([...(found.timesMs as Float64Array)]).toEqual([1, 2, 3, 4, 5]);
    expect([...(found.equity as Float64Array)]).toEqual([200, 210, 210, 200, 190]);
    expect([...(found.buyAndHold as Float64Array)]).toEqual([300, 420, 420, 400, 380]);
    expect([...(found.held as Uint8Array)]).toEqual([1, 0, 1, 0]);
    expect(found.startingCashQuote.toFixed()).toBe('200');
    expect(found.endEquityQuote.toFixed()).toBe('190');
  });

  it('takes one on which nothing was decided for its cash', () => {
    const found = portfolioHistory([account([1, 2], [100, 110], [1]), account([], [], [])]);
    expect([...(found.equity as Float64Array)]).toEqual([200, 210]);
  });
});
