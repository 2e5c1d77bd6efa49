import type {
  BacktestProof,
  BacktestReport,
  CurvePerformance,
  SymbolReport,
  TradeStatistics,
} from '../index.js';
import {count, minute, money, percent} from '../domain/amount-text.js';

const DAY_MS = 86_400_000;

/** One account of the table: what it did, and what holding would have done. */
interface Column {
  readonly name: string;
  readonly performance: CurvePerformance | null;
  readonly statistics: TradeStatistics | undefined;
}

/** A backtest for people: a table of numbers, with how many trades they rest on and with holding beside them. */
export function backtestLines(report: BacktestReport): string[] {
  const {model, settings, symbols, portfolio} = report;
  const title = `${model.name} on ${symbols.map(({symbol}) => symbol).join(', ')} ${settings.timeframe}, threshold ${String(settings.threshold)}, fee ${String(settings.feeBps)} and slippage ${String(settings.slippageBps)} bps`;
  const [first] = symbols;
  return [
    title,
    ...(portfolio === null
      ? [...periodLines(first!), ...tableOf(columnsOf(first!, first!.heldOut), report)]
      : [
          ...tableOf(columnsOf(portfolio, null), report),
          '',
          ...symbols.flatMap((one) => [...periodLines(one), ...symbolLines(one, report.quote)]),
        ]),
    ...(portfolio === null ? refusalLines(first!) : []),
  ];
}

/** What `--prove` came to. */
export function proofLines({symbols, seed}: BacktestProof): string[] {
  return symbols.flatMap(
    ({symbol, cutsMs, decisions, lines, forecasts, largestForecastDifference, lookAheads}) => {
      const cuts = `${symbol}: ${count(cutsMs.length)} cuts at random places (seed ${String(seed)})`;
      if (cutsMs.length === 0)
        return [`${symbol}: nothing to prove, as nothing is decided before the last candle`];
      if (lookAheads.length > 0) {
        return [
          `${cuts}: LOOKS AHEAD`,
          ...lookAheads.map(
            ({cutMs, candleMs, what}) =>
              `  cut behind ${minute(cutMs)} UTC${candleMs === null ? '' : `, candle ${minute(candleMs)} UTC`}: ${what}`,
          ),
        ];
      }
      return [
        `${cuts}: nothing looks ahead`,
        `  ${count(decisions)} decisions (${count(lines)} journal lines) came out the same, byte for byte, without the candles behind them`,
        `  ${count(forecasts)} forecasts were computed again and differ by at most ${largestForecastDifference.toExponential(1)}, by the rounding of batches`,
      ];
    },
  );
}

function periodLines({symbol, period, signals, orders}: SymbolReport): string[] {
  const {firstDecisionMs, lastDecisionMs, decisions, warmUpCandles} = period;
  if (firstDecisionMs === null || lastDecisionMs === null) return [`${symbol}: nothing was decided`];
  return [
    `${symbol}: ${minute(firstDecisionMs)} to ${minute(lastDecisionMs)} UTC, ${count(decisions)} decisions behind ${count(warmUpCandles)} candles of warm-up;`
      + ` ${count(signals.buy)} buy, ${count(signals.sell)} sell, ${count(signals.neutral)} neutral, ${count(orders)} orders`,
  ];
}

function columnsOf(
  account: Pick<SymbolReport, 'performance' | 'buyAndHold' | 'tradeStatistics'>,
  heldOut: SymbolReport['heldOut'],
): Column[] {
  const own = [
    {name: 'strategy', performance: account.performance, statistics: account.tradeStatistics},
    {name: 'holding', performance: account.buyAndHold, statistics: undefined},
  ];
  // Where all of it lies behind the training there is no other part.
  if (heldOut === null || heldOut.performance.candles === account.performance?.candles) return own;
  const since = new Date(heldOut.fromMs).toISOString().slice(0, 10);
  return [
    ...own,
    {name: `since ${since}`, performance: heldOut.performance, statistics: heldOut.tradeStatistics},
    {name: 'holding', performance: heldOut.buyAndHold, statistics: undefined},
  ];
}

function tableOf(columns: readonly Column[], {quote}: BacktestReport): string[] {
  const row = (label: string, cell: (column: Column) => string): string =>
    `  ${label.padEnd(22)}${columns.map((column) => ` ${cell(column)}`.padStart(26)).join('')}`.trimEnd();
  const performance = (label: string, text: (one: CurvePerformance) => string): string =>
    row(label, (column) => (column.performance === null ? '-' : text(column.performance)));
  const trades = (label: string, text: (one: TradeStatistics) => string): string =>
    row(label, ({statistics}) => (statistics === undefined ? '' : text(statistics)));
  return [
    row('', ({name}) => name),
    trades(
      'round trips',
      (one) => `${count(one.trades)}${one.winRate === null ? '' : `, ${share(one.winRate)} won`}`,
    ),
    performance('return', ({totalReturn}) => percent(totalReturn)),
    performance('a year', ({annualisedReturn}) => optional(annualisedReturn, percent)),
    performance('volatility a year', ({annualisedVolatility}) => percent(annualisedVolatility)),
    performance('Sharpe', sharpeText),
    performance('Sortino', ({sortino}) => optional(sortino, ratio)),
    performance('Calmar', ({calmar}) => optional(calmar, ratio)),
    performance('largest drawdown', ({maxDrawdown, deepestDrawdown}) =>
      deepestDrawdown === null ? 'none' : `${percent(maxDrawdown)} in ${days(deepestDrawdown.lengthMs)}`,
    ),
    performance('longest drawdown', ({longestDrawdownMs}) => days(longestDrawdownMs)),
    trades('profit factor', (one) => optional(one.profitFactor, ratio)),
    trades('a trade', (one) => optional(one.expectancyQuote, (value) => `${value.toFixed(2)} ${quote}`)),
    trades('held', (one) => `${share(one.exposure)} of candles`),
    trades('turnover', (one) => `${ratio(one.turnover)} of equity`),
    trades('fees paid', (one) => `${money(one.feesPaidQuote)} ${quote}`),
  ];
}

function symbolLines(
  {performance, buyAndHold, tradeStatistics, ...report}: SymbolReport,
  quote: string,
): string[] {
  if (performance === null || buyAndHold === null) return [];
  return [
    `  return ${percent(performance.totalReturn)} (holding ${percent(buyAndHold.totalReturn)}), Sharpe ${sharpeText(performance)}, largest drawdown ${percent(performance.maxDrawdown)},`
      + ` ${count(tradeStatistics.trades)} round trips, profit factor ${optional(tradeStatistics.profitFactor, ratio)}, fees ${money(tradeStatistics.feesPaidQuote)} ${quote}`,
    ...refusalLines(report),
  ];
}

function refusalLines({
  refusals,
  unfilledOrders,
}: Pick<SymbolReport, 'refusals' | 'unfilledOrders'>): string[] {
  const refused = Object.entries(refusals).map(([check, codes]) => `${check}${listed(codes)}`);
  const unfilled = Object.keys(unfilledOrders).length === 0 ? [] : [`  not filled:${listed(unfilledOrders)}`];
  return [...(refused.length === 0 ? [] : [`  refused: ${refused.join(', ')}`]), ...unfilled];
}

function listed(counts: Readonly<Record<string, number>>): string {
  return ` (${Object.entries(counts)
    .map(([name, times]) => `${name} ${count(times)}`)
    .join(', ')})`;
}

function sharpeText({sharpe, sharpeInterval}: CurvePerformance): string {
  if (sharpe === null) return '-';
  if (sharpeInterval === null) return ratio(sharpe);
  return `${ratio(sharpe)} [${ratio(sharpeInterval.low)}, ${ratio(sharpeInterval.high)}]`;
}

function optional(value: number | null, text: (value: number) => string): string {
  return value === null ? '-' : text(value);
}

function ratio(value: number): string {
  return value.toFixed(2);
}

function share(fraction: number): string {
  return `${(fraction * 100).toFixed(1)}%`;
}

function days(ms: number): string {
  return `${(ms / DAY_MS).toFixed(1)} d`;
}
