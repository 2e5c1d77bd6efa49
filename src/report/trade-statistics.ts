import {Decimal, ZERO} from '../domain/decimal.js';
import type {BacktestTrade, TradeStatistics} from './backtest-report.js';

/** What is counted beside the round trips. */
export interface TradingActivity {
  readonly fills: number;
  /** Notional of all fills, quote. */
  readonly tradedQuote: Decimal;
  readonly feesPaidQuote: Decimal;
  /** Candles at whose close something was held. */
  readonly heldCandles: number;
  readonly candles: number;
  /** Mean of equity over the closes, quote. */
  readonly meanEquityQuote: number;
}

const YEAR_MS = 365 * 86_400_000;

type Amounts = Pick<BacktestTrade, 'pnlQuote' | 'returnOnEntry' | 'holdingMs'>;

/** Statistics of closed round trips, all after fees. A trade of exactly 0 is neither won nor lost.
 *  - win rate: trades won / trades
 *  - profit factor: sum of what was won / sum of what was lost; null where nothing was lost
 *  - expectancy: mean profit of a trade
 *  - turnover: notional of all fills / mean equity; a year has 365 days
 *  - exposure: candles at whose close something was held / candles
 *  source: Pardo, The Evaluation and Optimization of Trading Strategies (2008), chapter 12; turnover counts both sides */
export function tradeStatistics(
  trades: readonly Amounts[],
  {fills, tradedQuote, feesPaidQuote, heldCandles, candles, meanEquityQuote}: TradingActivity,
  timeframeMs: number,
): TradeStatistics {
  const pnls = trades.map(({pnlQuote}) => new Decimal(pnlQuote));
  const won = pnls.filter((pnl) => pnl.gt(0));
  const lost = pnls.filter((pnl) => pnl.lt(0));
  const [gain, loss, total] = [sum(won), sum(lost), sum(pnls)];
  const mean = (amount: Decimal, of: readonly unknown[]): number | null =>
    of.length === 0 ? null : amount.dividedBy(of.length).toNumber();
  const turnover = candles === 0 ? 0 : tradedQuote.toNumber() / meanEquityQuote;
  return {
    ...{trades: trades.length, won: won.length, lost: lost.length},
    winRate: trades.length === 0 ? null : won.length / trades.length,
    profitFactor: lost.length === 0 ? null : gain.dividedBy(loss.negated()).toNumber(),
    expectancyQuote: mean(total, trades),
    expectancyReturn: meanOf(trades.map(({returnOnEntry}) => returnOnEntry)),
    averageWinQuote: mean(gain, won),
    averageLossQuote: mean(loss, lost),
    meanHoldingMs: meanOf(trades.map(({holdingMs}) => holdingMs)),
    pnlQuote: total.toFixed(),
    feesPaidQuote: feesPaidQuote.toFixed(),
    fills,
    tradedQuote: tradedQuote.toFixed(),
    turnover,
    turnoverPerYear: candles === 0 ? 0 : (turnover * YEAR_MS) / (candles * timeframeMs),
    exposure: candles === 0 ? 0 : heldCandles / candles,
  };
}

function sum(amounts: readonly Decimal[]): Decimal {
  return amounts.reduce((total, amount) => total.plus(amount), ZERO);
}

function meanOf(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((total, value) => total + value, 0) / values.length;
}
