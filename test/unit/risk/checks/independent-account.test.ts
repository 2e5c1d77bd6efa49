import {describe} from 'vitest';
import {independentAccount} from '../../../../src/risk/checks/independent-account.js';
import {keepsTheRiskCheckContract} from '../../../contract/risk-check.js';
import {FillAudit} from '../../../../src/risk/recompute-account.js';
import {SYMBOL, d, fill, openTime, position} from '../../../support/trading.js';

/** Bought 1 at 100 and marked at 110. */
function holdingOne(): FillAudit {
  const fills = new FillAudit(SYMBOL, d(10_000));
  fills.apply(fill(), d('0.001'));
  fills.mark(110, openTime(1));
  return fills;
}
const agreeing = {
  cashQuote: d(9900),
  equityQuote: d(10_010),
  peakEquityQuote: d(10_010),
  dayStartEquityQuote: d(10_010),
  dayPeakEquityQuote: d(10_010),
  positions: [position()],
};
const off = (changes: object) => ({context: {fills: holdingOne()}, account: {...agreeing, ...changes}});

describe('independent-account', () => {
  keepsTheRiskCheckContract(independentAccount, {
    refusals: {EXPOSURE_DISAGREES: off({positions: []}), EQUITY_DISAGREES: off({cashQuote: d('9900.01')})},
    allows: {'two that agree': off({})},
    broken: {
      'a position of the other side': off({positions: [position({side: 'short'})]}),
      'equity that differs in the last digit': off({equityQuote: d('10010.0000000001')}),
      'a peak that differs': off({peakEquityQuote: d(10_011)}),
      'a start of day that differs': off({dayStartEquityQuote: d(10_000)}),
      'a peak of day that differs': off({dayPeakEquityQuote: d(10_011)}),
      'an equity that is no number': off({equityQuote: d(NaN)}),
    },
  });
});
