import type {Decimal} from '../domain/decimal.js';
import {ZERO} from '../domain/decimal.js';
import type {AccountHistory} from './account-report.js';

/** Several accounts as one: at every time that any of them has, the sum of what each was worth. Before its first candle an account
 *  is worth what it starts with, behind its last one what it ended with.
 *  @param accounts one at least, of one quote currency and one timeframe */
export function portfolioHistory(accounts: readonly AccountHistory[]): AccountHistory {
  const timesMs = Float64Array.from(
    new Set(accounts.flatMap(({timesMs: times}) => Array.from(times))),
  ).sort();
  const equity = new Float64Array(timesMs.length);
  const buyAndHold = new Float64Array(timesMs.length);
  const held = new Uint8Array(Math.max(0, timesMs.length - 1));
  for (const account of accounts) {
    const start = account.startingCashQuote.toNumber();
    let next = 0;
    for (let i = 0; i < timesMs.length; i++) {
      if (account.timesMs[next] === timesMs[i]) next += 1;
      const at = next - 1;
      equity[i]! += at < 0 ? start : account.equity[at]!;
      buyAndHold[i]! += at < 0 ? start : account.buyAndHold[at]!;
      // Point 0 is the start; what is held at point k is of candle k - 1.
      if (i > 0 && at > 0 && account.held[at - 1] === 1) held[i - 1] = 1;
    }
  }
  const sum = (of: 'startingCashQuote' | 'endEquityQuote'): Decimal =>
    accounts.reduce((total, account) => total.plus(account[of]), ZERO);
  return {
    ...{startingCashQuote: sum('startingCashQuote'), endEquityQuote: sum('endEquityQuote')},
    ...{timesMs, equity, buyAndHold, held},
    trades: accounts.flatMap(({trades}) => trades).sort((a, b) => a.closedAtMs - b.closedAtMs),
    fills: accounts.flatMap(({fills}) => fills),
  };
}
