import {describe, expect, it} from 'vitest';
import {dailyDrawdown} from '../../../../src/risk/checks/daily-drawdown.js';
import {keepsTheRiskCheckContract} from '../../../contract/risk-check.js';
import {ask} from '../../../support/risk.js';
import {d} from '../../../support/trading.js';

describe('daily-drawdown', () => {
  keepsTheRiskCheckContract(dailyDrawdown, {
    refusals: {DAILY_DRAWDOWN: {account: {equityQuote: d('9500'), dayPeakEquityQuote: d(10_000)}}},
    allows: {'a cent above the floor': {account: {equityQuote: d('9500.01'), dayPeakEquityQuote: d(10_000)}}},
    broken: {
      'an equity that is no number': {account: {equityQuote: d(NaN)}},
      'a peak that is no number': {account: {dayPeakEquityQuote: d(NaN)}},
      'nothing left': {account: {equityQuote: d(0), dayPeakEquityQuote: d(0)}},
    },
  });

  it('counts from the peak of the day, not from its start', () => {
    const account = {equityQuote: d(10_200), dayStartEquityQuote: d(10_000), dayPeakEquityQuote: d(11_000)};
    const {code, numbers} = ask(dailyDrawdown, {account});
    expect(code).toBe('DAILY_DRAWDOWN');
    expect(numbers['drawdown']).toBe('0.0727272727');
  });
});
