import {ZERO} from '../../domain/decimal.js';
import {allowIf} from '../risk-check.js';
import type {RiskCheckDefinition} from '../risk-check.js';

/** Two ways of counting must give one account, to the last digit. */
export const independentAccount: RiskCheckDefinition = {
  id: 'independent-account',
  summary:
    'Opens nothing where exposure, cash, equity or drawdown recomputed from the fills disagree with the ledger.',
  codes: ['EXPOSURE_DISAGREES', 'EQUITY_DISAGREES'],
  limits: [],
  appliesToReducing: false,
  create:
    () =>
    (intent, account, {fills}) => {
      const own = fills.account();
      const exposureBase = account.positions
        .filter(({symbol}) => symbol === intent.symbol)
        .reduce(
          (sum, {side, quantityBase}) => (side === 'long' ? sum.plus(quantityBase) : sum.minus(quantityBase)),
          ZERO,
        );
      const numbers = {
        ledgerExposureBase: exposureBase.toFixed(),
        recomputedExposureBase: own.exposureBase.toFixed(),
        ledgerCashQuote: account.cashQuote.toFixed(),
        recomputedCashQuote: own.cashQuote.toFixed(),
        ledgerEquityQuote: account.equityQuote.toFixed(),
        recomputedEquityQuote: own.equityQuote.toFixed(),
        ledgerPeakEquityQuote: account.peakEquityQuote.toFixed(),
        recomputedPeakEquityQuote: own.peakEquityQuote.toFixed(),
        ledgerDayStartEquityQuote: account.dayStartEquityQuote.toFixed(),
        recomputedDayStartEquityQuote: own.dayStartEquityQuote.toFixed(),
        ledgerDayPeakEquityQuote: account.dayPeakEquityQuote.toFixed(),
        recomputedDayPeakEquityQuote: own.dayPeakEquityQuote.toFixed(),
      };
      if (!own.exposureBase.eq(exposureBase)) return {code: 'EXPOSURE_DISAGREES', numbers};
      const agrees =
        own.cashQuote.eq(account.cashQuote)
        && own.equityQuote.eq(account.equityQuote)
        && own.peakEquityQuote.eq(account.peakEquityQuote)
        && own.dayStartEquityQuote.eq(account.dayStartEquityQuote)
        && own.dayPeakEquityQuote.eq(account.dayPeakEquityQuote);
      return allowIf(agrees, 'EQUITY_DISAGREES', numbers);
    },
};
