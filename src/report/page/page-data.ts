import type {BacktestReport, BacktestTrade, ReportedCurve, SymbolReport} from '../backtest-report.js';
import {decimalsOf, encodeSeries} from './series-code.js';
import type {CodedSeries} from './series-code.js';

/** Candles of one symbol, [N] each. */
export interface CandleData {
  /** Open times in units of `stepMs`, UTC. */
  readonly times: CodedSeries;
  readonly opens: CodedSeries;
  readonly highs: CodedSeries;
  readonly lows: CodedSeries;
  readonly closes: CodedSeries;
  /** -1 where there was no forecast. */
  readonly probabilities: CodedSeries;
}

/** Equity at the close of every candle, beside holding, [N] each. */
export interface CurveData {
  /** Open times of the candles in units of `stepMs`, so that one moment of the chart is one candle everywhere. */
  readonly times: CodedSeries;
  readonly equity: CodedSeries;
  readonly buyAndHold: CodedSeries;
}

/** A round trip: opened and closed in ms, the rest as `BacktestTrade` has it, as numbers. */
export type TradeData = readonly [
  symbol: number,
  side: 'long' | 'short',
  openedAtMs: number,
  closedAtMs: number,
  quantityBase: number,
  entryPrice: number,
  exitPrice: number,
  feesQuote: number,
  pnlQuote: number,
  returnOnEntry: number,
  entryReason: string,
  exitReason: string,
];

/** One account to look at: that of a symbol, or all of them added up. */
export interface ViewData {
  readonly candles: CandleData | null;
  readonly curve: CurveData;
  readonly startingCashQuote: number;
  /** Before it the model may have seen the candles; null where nobody knows or all of it lies behind. */
  readonly heldOutFromMs: number | null;
  readonly trades: readonly TradeData[];
}

/** What the browser draws: everything else is in the page already. */
export interface PageData {
  readonly stepMs: number;
  readonly timeframeMs: number;
  readonly quote: string;
  readonly threshold: number;
  readonly symbols: readonly string[];
  /** The portfolio first, where there is one. */
  readonly views: readonly ViewData[];
}

const NO_FORECAST = -1;
const PROBABILITY_DECIMALS = 4;
/** Of equity: what an axis and a crosshair show. */
const SIGNIFICANT_DIGITS = 7;

/** What a page carries of a report for its charts and its table of trades.
 *  @param timeframeMs length of a candle */
export function pageData(report: BacktestReport, timeframeMs: number): PageData {
  const {symbols, portfolio, quote, settings} = report;
  const stepMs = stepOf(
    symbols.map(({series}) => series.openTimesMs),
    timeframeMs,
  );
  const views = symbols.map((one, i) => symbolView(one, i, {stepMs, timeframeMs}));
  const all: ViewData[] =
    portfolio === null
      ? []
      : [
          {
            candles: null,
            curve: curveData(portfolio.curve, {stepMs, timeframeMs}),
            startingCashQuote: Number(portfolio.startingCashQuote),
            heldOutFromMs: null,
            trades: views.flatMap(({trades}) => trades).sort((a, b) => a[3] - b[3] || a[0] - b[0]),
          },
        ];
  return {
    ...{stepMs, timeframeMs, quote, threshold: settings.threshold},
    symbols: symbols.map(({symbol}) => symbol),
    views: [...all, ...views],
  };
}

interface Grid {
  readonly stepMs: number;
  readonly timeframeMs: number;
}

function symbolView(report: SymbolReport, index: number, grid: Grid): ViewData {
  const {heldOut, series, trades, curve, startingCashQuote} = report;
  const [firstMs] = series.openTimesMs;
  return {
    candles: firstMs === undefined ? null : candleData(series, grid),
    curve: curveData(curve, grid),
    startingCashQuote: Number(startingCashQuote),
    heldOutFromMs:
      heldOut !== null && firstMs !== undefined && firstMs < heldOut.fromMs ? heldOut.fromMs : null,
    trades: trades.map((trade) => tradeData(trade, index)),
  };
}

function candleData(series: SymbolReport['series'], {stepMs}: Grid): CandleData {
  const {openTimesMs, opens, highs, lows, closes, probabilities} = series;
  const prices = (values: readonly number[]): CodedSeries => encodeSeries(values, decimalsOf(values));
  return {
    times: encodeSeries(
      openTimesMs.map((time) => time / stepMs),
      0,
    ),
    ...{opens: prices(opens), highs: prices(highs), lows: prices(lows), closes: prices(closes)},
    probabilities: encodeSeries(
      probabilities.map((one) => one ?? NO_FORECAST),
      PROBABILITY_DECIMALS,
    ),
  };
}

function curveData(
  {timesMs, equityQuote, buyAndHoldQuote}: ReportedCurve,
  {stepMs, timeframeMs}: Grid,
): CurveData {
  const amounts = (values: readonly number[]): CodedSeries => {
    const wholeDigits = Math.ceil(Math.log10(Math.max(1, Math.abs(values[0] ?? 1))));
    return encodeSeries(values.slice(1), Math.max(0, SIGNIFICANT_DIGITS - wholeDigits));
  };
  return {
    // The first moment is the open of the first candle: where equity was what it began with.
    times: encodeSeries(
      timesMs.slice(1).map((time) => (time - timeframeMs) / stepMs),
      0,
    ),
    equity: amounts(equityQuote),
    buyAndHold: amounts(buyAndHoldQuote),
  };
}

function tradeData(trade: BacktestTrade, index: number): TradeData {
  return [
    index,
    trade.side,
    trade.openedAtMs,
    trade.closedAtMs,
    shortened(trade.quantityBase),
    shortened(trade.averageEntryPrice),
    shortened(trade.averageExitPrice),
    shortened(trade.feesQuote),
    shortened(trade.pnlQuote),
    Number(trade.returnOnEntry.toFixed(6)),
    trade.entryReason,
    trade.exitReason,
  ];
}

/** An exact amount with the digits that a table shows. */
function shortened(amount: string): number {
  return Number(Number(amount).toPrecision(10));
}

/** The largest step that every open time is a multiple of. */
function stepOf(times: readonly (readonly number[])[], timeframeMs: number): number {
  return times.flat().reduce((step, time) => gcd(step, time), timeframeMs);
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
