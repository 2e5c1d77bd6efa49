import {describe, expect, it} from 'vitest';
import {monthReports} from '../../../src/report/month-reports.js';

const DAY_MS = 86_400_000;

describe('monthReports', () => {
  it('parts a curve at the candles that open in another month', () => {
    // From the open of 30 January on, a day each: 30 and 31 January, 1 February, then 2 March.
    const opens = [Date.UTC(2024, 0, 30), Date.UTC(2024, 0, 31), Date.UTC(2024, 1, 1), Date.UTC(2024, 2, 2)];
    const months = monthReports(
      {
        timesMs: [opens[0]!, ...opens.map((open) => open + DAY_MS)],
        equityQuote: [100, 110, 99, 108.9, 98.01],
        buyAndHoldQuote: [100, 100, 102, 51, 102],
        drawdown: [],
      },
      [
        {closedAtMs: opens[1]!, pnlQuote: '-1.5'},
        {closedAtMs: opens[1]!, pnlQuote: '2.25'},
        {closedAtMs: opens[3]!, pnlQuote: '7'},
      ],
      DAY_MS,
    );
    expect(months.map(({month, candles, trades, pnlQuote}) => [month, candles, trades, pnlQuote])).toEqual([
      ['2024-01', 2, 2, '0.75'],
      ['2024-02', 1, 0, '0'],
      ['2024-03', 1, 1, '7'],
    ]);
    const rounded = (of: 'totalReturn' | 'buyAndHoldReturn') =>
      months.map((one) => Number(one[of].toFixed(12)));
    expect(rounded('totalReturn')).toEqual([-0.01, 0.1, -0.1]);
    expect(rounded('buyAndHoldReturn')).toEqual([0.02, -0.5, 1]);
  });

  it('has none for a curve that is none', () => {
    expect(
      monthReports({timesMs: [], equityQuote: [], buyAndHoldQuote: [], drawdown: []}, [], DAY_MS),
    ).toEqual([]);
  });
});
