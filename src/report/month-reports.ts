import {Decimal, ZERO} from '../domain/decimal.js';
import type {BacktestTrade, MonthReport, ReportedCurve} from './backtest-report.js';

/** An account's curve by calendar month, UTC. A month's return runs from the last equity of the month before it; a trade belongs to the
 *  month in which it was closed.
 *  @returns a month for every one that the curve touches, in time order */
export function monthReports(
  {timesMs, equityQuote, buyAndHoldQuote}: ReportedCurve,
  trades: readonly Pick<BacktestTrade, 'closedAtMs' | 'pnlQuote'>[],
  timeframeMs: number,
): MonthReport[] {
  const months = new Map<string, {from: number; to: number}>();
  let name = '';
  let endMs = -Infinity;
  for (let i = 1; i < timesMs.length; i++) {
    // A candle belongs to the month that it opened in, as the last one of a month closes at the first moment of the next.
    const openMs = timesMs[i]! - timeframeMs;
    if (openMs >= endMs) {
      name = monthOf(openMs);
      endMs = nextMonthMs(openMs);
      months.set(name, {from: i - 1, to: i});
    } else months.get(name)!.to = i;
  }
  const closed = new Map<string, {trades: number; pnl: Decimal}>();
  for (const {closedAtMs, pnlQuote} of trades) {
    const month = monthOf(closedAtMs);
    const {trades: count, pnl} = closed.get(month) ?? {trades: 0, pnl: ZERO};
    closed.set(month, {trades: count + 1, pnl: pnl.plus(pnlQuote)});
  }
  return [...months].map(([month, {from, to}]) => {
    const {trades: count, pnl} = closed.get(month) ?? {trades: 0, pnl: new Decimal(0)};
    return {
      month,
      candles: to - from,
      totalReturn: equityQuote[to]! / equityQuote[from]! - 1,
      buyAndHoldReturn: buyAndHoldQuote[to]! / buyAndHoldQuote[from]! - 1,
      trades: count,
      pnlQuote: pnl.toFixed(),
    };
  });
}

function monthOf(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 7);
}

function nextMonthMs(timeMs: number): number {
  const date = new Date(timeMs);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1);
}
