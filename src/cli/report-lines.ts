import type {ReportedTrade, RunReport} from '../index.js';
import {count, moment, money, percent, price} from '../domain/amount-text.js';
import {parseTimeframe} from '../domain/timeframe.js';

/** A run's report for people. */
export function reportLines(report: RunReport): string[] {
  const {identity, summary, trades, performance, finished, halts} = report;
  const [, quote = ''] = identity.symbol.split('/');
  const {firstDecisionMs, lastDecisionMs, signals} = summary;
  const timeframeMs = parseTimeframe(identity.timeframe).ms;
  const period =
    firstDecisionMs === null || lastDecisionMs === null
      ? 'nothing was decided'
      : `${moment(firstDecisionMs, timeframeMs)} to ${moment(lastDecisionMs, timeframeMs)} UTC, ${count(summary.decisions)} decisions`;
  return [
    `${identity.model} on ${identity.symbol} ${identity.timeframe}, ${identity.broker} account, candles from ${identity.feed.source}${finished ? '' : ' (not finished)'}`,
    `  period        ${period}`,
    `  signals       ${count(signals.buy)} buy, ${count(signals.sell)} sell, ${count(signals.neutral)} neutral at threshold ${String(identity.threshold)}`,
    `  orders        ${count(summary.orders)}${listed(report.ordersByReason)}, fills ${count(summary.fills)}, fees ${money(summary.feesPaidQuote)} ${quote}`,
    `  trades        ${count(trades.closed)} closed: ${count(trades.won)} won, ${count(trades.lost)} lost, ${money(trades.pnlQuote)} ${quote} after ${money(trades.feesQuote)} of fees`,
    ...(trades.closed === 0
      ? []
      : [
          `                profit factor ${trades.profitFactor?.toFixed(2) ?? '-'}, held ${((trades.meanHoldingMs ?? 0) / 3_600_000).toFixed(1)} h on average`,
          ...tradeLine('best', trades.best, {quote, timeframeMs}),
          ...tradeLine('worst', trades.worst, {quote, timeframeMs}),
        ]),
    `  equity        ${money(String(identity.startingCashQuote))} -> ${money(summary.endEquityQuote ?? String(identity.startingCashQuote))} ${quote}`,
    ...(performance === null
      ? []
      : [
          `  performance   ${percent(performance.totalReturn)} (${percent(performance.annualisedReturn)} a year), volatility ${percent(performance.annualisedVolatility)} a year`,
          `                Sharpe ${performance.sharpe?.toFixed(2) ?? '-'}, Sortino ${performance.sortino?.toFixed(2) ?? '-'}, max drawdown ${percent(performance.maxDrawdown)}`,
        ]),
    ...refusalLines(report),
    ...(Object.keys(summary.unfilledOrders).length === 0
      ? []
      : [`  not filled    ${listed(summary.unfilledOrders).replace(/^ \(|\)$/g, '')}`]),
    ...(halts === 0 ? [] : [`  halted        ${count(halts)} times by the kill switch`]),
  ];
}

function refusalLines({refusalsByCheck}: RunReport): string[] {
  const checks = Object.entries(refusalsByCheck);
  if (checks.length === 0) return ['  refusals      none'];
  return checks.map(
    ([check, codes], i) => `  ${i === 0 ? 'refusals      ' : '              '}${check}${listed(codes)}`,
  );
}

function tradeLine(
  name: string,
  trade: ReportedTrade | null,
  {quote, timeframeMs}: {readonly quote: string; readonly timeframeMs: number},
): string[] {
  if (trade === null) return [];
  const {side, pnlQuote, averageEntryPrice, averageExitPrice, openedAtMs, closedAtMs} = trade;
  const prices = `${price(Number(averageEntryPrice))} to ${price(Number(averageExitPrice))}`;
  return [
    `                ${name} ${money(pnlQuote)} ${quote}: ${side} from ${prices}, ${moment(openedAtMs, timeframeMs)} to ${moment(closedAtMs, timeframeMs)}`,
  ];
}

/** ` (a 1, b 2)`, or nothing. */
function listed(counts: Readonly<Record<string, number>>): string {
  const words = Object.entries(counts).map(([name, times]) => `${name} ${count(times)}`);
  return words.length === 0 ? '' : ` (${words.join(', ')})`;
}
