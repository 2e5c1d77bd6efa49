import {basename} from 'node:path';
import {buyAndHoldEquity} from '../backtest/buy-and-hold.js';
import type {TradingRecord} from '../backtest/trading-record.js';
import type {AccountView} from '../domain/account-view.js';
import {Decimal} from '../domain/decimal.js';
import type {Model} from '../model/model-persistence.js';
import {accountReport, performances, statisticsOf} from '../report/account-report.js';
import type {AccountHistory, Measures} from '../report/account-report.js';
import type {SymbolReport} from '../report/backtest-report.js';
import type {BacktestGround, BacktestSubject, SymbolOutcome, Traded} from './backtest-symbol.js';
import {forecastQuality} from './forecast-quality.js';
import {heldOutFromMs} from './held-out-from.js';
import type {RunIdentity} from './run-identity.js';
import {refusalsByCheck} from './run-report.js';
import {sharpeInterval} from './sharpe-interval.js';

/** What is reported of one symbol, and its account for adding several up. */
export function symbolReport(
  {feed, identity, candles}: BacktestSubject,
  {model, config}: Pick<BacktestGround, 'model' | 'config'>,
  {record, account}: Traded,
): Omit<SymbolOutcome, 'sentimentRows'> {
  const {symbol, timeframe} = feed.source;
  const {horizon} = model.manifest;
  const measures: Measures = {
    timeframeMs: timeframe.ms,
    bounds: (trades) => (returns) =>
      sharpeInterval(returns, {timeframeMs: timeframe.ms, seed: config.seed, horizon, trades}),
  };
  const history = historyOf(record, account, identity, timeframe.ms);
  const {openTimesMs, probabilities} = record.columns;
  const traded = candles.slice(record.warmUpCandles);
  const [first, last] = [candles[0]!, candles.at(-1)!];
  const report: SymbolReport = {
    symbol,
    source: {
      ...{file: basename(feed.path), sha256: feed.identity.sha256},
      ...{candles: candles.length, filledCandles: candles.filter(({filled}) => filled === true).length},
      gaps: candles.filter(({afterGap}, i) => i > 0 && afterGap === true).length,
      ...{fromMs: first.openTimeMs, toMs: last.openTimeMs},
    },
    period: {
      ...{warmUpCandles: record.warmUpCandles, candles: record.candles, decisions: record.decisions},
      ...{firstDecisionMs: record.firstDecisionMs, lastDecisionMs: record.lastDecisionMs},
    },
    training: trainingOf(model, symbol, openTimesMs),
    ...accountReport(history, measures),
    heldOut: heldOutOf(history, {model, record, identity, measures}),
    signals: {...record.signals},
    orders: record.orders,
    refusals: refusalsByCheck(record.refusals),
    unfilledOrders: {...record.unfilledOrders},
    trades: record.trades,
    openPosition: openPositionOf(account),
    series: {
      openTimesMs: Array.from(openTimesMs),
      opens: traded.map(({open}) => open),
      highs: traded.map(({high}) => high),
      lows: traded.map(({low}) => low),
      closes: traded.map(({close}) => close),
      probabilities: Array.from(probabilities, (one) => (Number.isNaN(one) ? null : one)),
    },
    forecasts: forecastQuality(record.columns, {horizon, timeframeMs: timeframe.ms}),
  };
  return {report, account: history};
}

function historyOf(
  record: TradingRecord,
  account: AccountView,
  identity: RunIdentity,
  timeframeMs: number,
): AccountHistory {
  const {openTimesMs, opens, closes, equity, held} = record.columns;
  const startingCashQuote = new Decimal(identity.startingCashQuote);
  const isEmpty = record.candles === 0;
  return {
    ...{startingCashQuote, endEquityQuote: account.equityQuote},
    timesMs: isEmpty
      ? []
      : withFirst(
          openTimesMs[0]!,
          openTimesMs.map((time) => time + timeframeMs),
        ),
    equity: isEmpty ? [] : withFirst(startingCashQuote.toNumber(), equity),
    buyAndHold: isEmpty ? [] : heldEquity({opens, closes}, identity),
    ...{held, trades: record.trades, fills: record.fills},
  };
}

function heldEquity(
  {opens, closes}: Pick<TradingRecord['columns'], 'opens' | 'closes'>,
  {startingCashQuote, maxPositionSizeQuote: maxNotionalQuote, feeBps, slippageBps}: RunIdentity,
): Float64Array {
  return buyAndHoldEquity(opens, closes, {startingCashQuote, maxNotionalQuote, feeBps, slippageBps});
}

/** The part behind what the model has seen; holding begins anew there. */
function heldOutOf(
  history: AccountHistory,
  {
    model,
    record,
    identity,
    measures,
  }: {model: Model; record: TradingRecord; identity: RunIdentity; measures: Measures},
): SymbolReport['heldOut'] {
  const fromMs = heldOutFromMs(model);
  const {openTimesMs, opens, closes, held} = record.columns;
  const from = fromMs === undefined ? -1 : openTimesMs.findIndex((time) => time >= fromMs);
  if (fromMs === undefined || from < 0) return null;
  const part: AccountHistory = {
    ...history,
    timesMs: Array.prototype.slice.call(history.timesMs, from) as number[],
    equity: Array.prototype.slice.call(history.equity, from) as number[],
    buyAndHold: heldEquity({opens: opens.subarray(from), closes: closes.subarray(from)}, identity),
    held: held.subarray(from),
    trades: history.trades.filter(({openedAtMs}) => openedAtMs >= fromMs),
    fills: record.fills.filter(({timeMs}) => timeMs >= fromMs),
  };
  return {fromMs, ...performances(part, measures), tradeStatistics: statisticsOf(part, measures)};
}

function trainingOf(model: Model, symbol: string, openTimesMs: Float64Array): SymbolReport['training'] {
  const {trainedOn} = model.manifest;
  const heldOutFrom = heldOutFromMs(model);
  const fromMs = trainedOn.from === null ? -Infinity : Date.parse(trainedOn.from);
  const seenCandles =
    heldOutFrom === undefined
      ? null
      : openTimesMs.reduce((sum, time) => (time >= fromMs && time < heldOutFrom ? sum + 1 : sum), 0);
  return {
    sameSymbol: trainedOn.symbol === symbol,
    ...{from: trainedOn.from, to: trainedOn.to},
    heldOutFrom: heldOutFrom === undefined ? null : new Date(heldOutFrom).toISOString(),
    seenCandles,
    seenShare: seenCandles === null ? null : seenCandles / Math.max(1, openTimesMs.length),
  };
}

function openPositionOf({positions: [position]}: AccountView): SymbolReport['openPosition'] {
  if (position === undefined) return null;
  return {
    ...{side: position.side, openedAtMs: position.openedAtMs},
    quantityBase: position.quantityBase.toFixed(),
    averageEntryPrice: position.averageEntryPrice.toFixed(),
    unrealisedPnlQuote: position.unrealisedPnlQuote.toFixed(),
  };
}

function withFirst(first: number, others: Float64Array): Float64Array {
  const all = new Float64Array(others.length + 1);
  all[0] = first;
  all.set(others, 1);
  return all;
}
