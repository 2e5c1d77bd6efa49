import {describe, expect, it} from 'vitest';
import {Decimal, ZERO} from '../../../src/domain/decimal.js';
import {tradeStatistics} from '../../../src/report/trade-statistics.js';

const HOUR_MS = 3_600_000;
const trade = (pnlQuote: string, returnOnEntry: number, hours: number) => ({
  ...{pnlQuote, returnOnEntry, holdingMs: hours * HOUR_MS},
});

describe('tradeStatistics', () => {
  it('agrees with trades worked by hand', () => {
    const found = tradeStatistics(
      [trade('30', 0.03, 2), trade('-10', -0.01, 4), trade('0', 0, 6), trade('-5.5', -0.005, 8)],
      {
        ...{fills: 8, tradedQuote: new Decimal(8000), feesPaidQuote: new Decimal('8.25')},
        ...{heldCandles: 20, candles: 80, meanEquityQuote: 10_000},
      },
      HOUR_MS,
    );
    expect(found).toMatchObject({trades: 4, won: 1, lost: 2, winRate: 0.25, fills: 8});
    expect(found.profitFactor).toBeCloseTo(30 / 15.5, 12);
    expect(found.expectancyQuote).toBeCloseTo(14.5 / 4, 12);
    expect(found.expectancyReturn).toBeCloseTo(0.015 / 4, 12);
    expect(found.averageWinQuote).toBe(30);
    expect(found.averageLossQuote).toBeCloseTo(-7.75, 12);
    expect(found.meanHoldingMs).toBe(5 * HOUR_MS);
    expect(found).toMatchObject({
      pnlQuote: '14.5',
      feesPaidQuote: '8.25',
      tradedQuote: '8000',
      exposure: 0.25,
    });
    expect(found.turnover).toBeCloseTo(0.8, 12);
    // 80 hours are 80 / 8760 of a year.
    expect(found.turnoverPerYear).toBeCloseTo(0.8 * (8760 / 80), 10);
  });

  it('says null of trades that there are none of', () => {
    const none = {
      fills: 0,
      tradedQuote: ZERO,
      feesPaidQuote: ZERO,
      heldCandles: 0,
      candles: 0,
      meanEquityQuote: NaN,
    };
    expect(tradeStatistics([], none, HOUR_MS)).toMatchObject({
      ...{trades: 0, winRate: null, profitFactor: null, expectancyQuote: null, expectancyReturn: null},
      ...{averageWinQuote: null, averageLossQuote: null, meanHoldingMs: null, pnlQuote: '0'},
      ...{turnover: 0, turnoverPerYear: 0, exposure: 0},
    });
    const one = tradeStatistics([trade('1', 0.1, 1)], {...none, candles: 10, meanEquityQuote: 1}, HOUR_MS);
    expect(one).toMatchObject({winRate: 1, profitFactor: null, averageWinQuote: 1, averageLossQuote: null});
  });
});
