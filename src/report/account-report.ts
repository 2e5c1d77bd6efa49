import type {Decimal} from '../domain/decimal.js';
import {ZERO} from '../domain/decimal.js';
import type {BacktestTrade, SymbolReport} from './backtest-report.js';
import {curvePerformance} from './curve-performance.js';
import type {SharpeBounds} from './curve-performance.js';
import {drawdownsOf} from './drawdowns.js';
import {monthReports} from './month-reports.js';
import {tradeStatistics} from './trade-statistics.js';

/** What an account did over some candles. */
export interface AccountHistory {
  readonly startingCashQuote: Decimal;
  readonly endEquityQuote: Decimal;
  /** shape [N + 1], ms: the open of the first decided candle, then every close; empty where nothing was decided. */
  readonly timesMs: ArrayLike<number>;
  /** shape [N + 1], quote. */
  readonly equity: ArrayLike<number>;
  /** shape [N + 1], quote. */
  readonly buyAndHold: ArrayLike<number>;
  /** shape [N]; 1 where something was held at the close. */
  readonly held: ArrayLike<number>;
  readonly trades: readonly BacktestTrade[];
  readonly fills: readonly {readonly notionalQuote: Decimal; readonly feeQuote: Decimal}[];
}

/** How an account is measured. */
export interface Measures {
  readonly timeframeMs: number;
  /** Of the Sharpe ratio, from the returns a candle and the trades that they rest on. */
  readonly bounds: (trades: readonly BacktestTrade[]) => SharpeBounds;
}

export type AccountReport = Pick<
  SymbolReport,
  | 'startingCashQuote'
  | 'endEquityQuote'
  | 'performance'
  | 'buyAndHold'
  | 'tradeStatistics'
  | 'curve'
  | 'months'
>;

/** The part of a backtest's report that one account fills, of a symbol or of all of them together. */
export function accountReport(history: AccountHistory, measures: Measures): AccountReport {
  const {timesMs, equity, trades} = history;
  const curve = {
    timesMs: Array.from(timesMs),
    equityQuote: Array.from(equity),
    drawdown: Array.from(drawdownsOf(equity, timesMs).curve),
    buyAndHoldQuote: Array.from(history.buyAndHold),
  };
  return {
    startingCashQuote: history.startingCashQuote.toFixed(),
    endEquityQuote: history.endEquityQuote.toFixed(),
    ...(equity.length < 2 ? {performance: null, buyAndHold: null} : performances(history, measures)),
    tradeStatistics: statisticsOf(history, measures),
    curve,
    months: monthReports(curve, trades, measures.timeframeMs),
  };
}

/** The curve and what holding would have made of it, measured alike. */
export function performances(
  {timesMs, equity, buyAndHold, trades}: Pick<AccountHistory, 'timesMs' | 'equity' | 'buyAndHold' | 'trades'>,
  {timeframeMs, bounds}: Measures,
): {
  performance: NonNullable<AccountReport['performance']>;
  buyAndHold: NonNullable<AccountReport['buyAndHold']>;
} {
  return {
    performance: curvePerformance(equity, timesMs, {timeframeMs, bounds: bounds(trades)}),
    buyAndHold: curvePerformance(buyAndHold, timesMs, {timeframeMs, bounds: bounds([])}),
  };
}

/** The statistics of an account's trades and fills. */
export function statisticsOf(
  {equity, held, trades, fills}: Pick<AccountHistory, 'equity' | 'held' | 'trades' | 'fills'>,
  {timeframeMs}: Measures,
): AccountReport['tradeStatistics'] {
  let [sum, heldCandles] = [0, 0];
  for (let i = 0; i < held.length; i++) {
    sum += equity[i + 1]!;
    heldCandles += held[i]!;
  }
  const total = (of: 'notionalQuote' | 'feeQuote'): Decimal =>
    fills.reduce((amount, fill) => amount.plus(fill[of]), ZERO);
  return tradeStatistics(
    trades,
    {
      ...{fills: fills.length, tradedQuote: total('notionalQuote'), feesPaidQuote: total('feeQuote')},
      ...{heldCandles, candles: held.length, meanEquityQuote: sum / held.length},
    },
    timeframeMs,
  );
}
