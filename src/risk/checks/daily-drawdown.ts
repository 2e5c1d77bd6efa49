import {Decimal} from '../../domain/decimal.js';
import {allowIf} from '../risk-check.js';
import type {RiskCheckDefinition} from '../risk-check.js';

/** The day's loss from its best equity. The day's peak is never below its start, so this covers both. */
export const dailyDrawdown: RiskCheckDefinition = {
  id: 'daily-drawdown',
  summary: "Opens nothing while equity lies the limit or more below the UTC day's peak.",
  codes: ['DAILY_DRAWDOWN'],
  limits: ['maxDailyDrawdown'],
  appliesToReducing: false,
  create: (limits) => (_intent, account) => {
    const floor = account.dayPeakEquityQuote.times(new Decimal(1).minus(limits.maxDailyDrawdown));
    const drawdown = new Decimal(1).minus(account.equityQuote.dividedBy(account.dayPeakEquityQuote));
    return allowIf(account.equityQuote.gt(floor), 'DAILY_DRAWDOWN', {
      equityQuote: account.equityQuote.toFixed(),
      dayStartEquityQuote: account.dayStartEquityQuote.toFixed(),
      dayPeakEquityQuote: account.dayPeakEquityQuote.toFixed(),
      drawdown: drawdown.decimalPlaces(10).toFixed(),
      maxDailyDrawdown: limits.maxDailyDrawdown,
    });
  },
};
