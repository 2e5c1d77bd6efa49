import {count, money, percent} from '../../domain/amount-text.js';
import type {BacktestReport, CurvePerformance, SymbolReport, TradeStatistics} from '../backtest-report.js';
import {html} from './html.js';
import type {Html} from './html.js';
import {NONE, duration, optional, ratio, share, signedMoney, signedPercent} from './number-text.js';

/** An account as far as its numbers go: of a symbol, or of all of them. */
export type Account = Pick<SymbolReport, 'performance' | 'buyAndHold' | 'tradeStatistics' | 'endEquityQuote'>;

/** The numbers that a reader looks for first, with holding beside them and with how many trades they rest on. */
export function keyFigures(account: Account, {quote}: Pick<BacktestReport, 'quote'>): Html {
  const {performance, buyAndHold, tradeStatistics: statistics} = account;
  const holding = (text: (one: CurvePerformance) => string): string =>
    `holding ${buyAndHold === null ? NONE : text(buyAndHold)}`;
  const figure = (label: string, value: string, below: string): Html =>
    html`<div>
      <dt>${label}</dt>
      <dd><strong>${value}</strong><span>${below}</span></dd>
    </div>`;
  const own = (text: (one: CurvePerformance) => string): string => optional(performance, text);
  return html`<dl class="figures">
    ${figure(
      'Return',
      own(({totalReturn}) => signedPercent(totalReturn)),
      holding(({totalReturn}) => signedPercent(totalReturn)),
    )}
    ${figure(
      'Sharpe',
      own(({sharpe}) => optional(sharpe, ratio)),
      own(
        (one) =>
          `${intervalText(one)}${one.sharpeInterval === null ? '' : ` (${confidenceText(one.sharpeInterval)})`}`,
      ),
    )}
    ${figure(
      'Largest drawdown',
      own(({maxDrawdown}) => percent(maxDrawdown)),
      holding(({maxDrawdown}) => percent(maxDrawdown)),
    )}
    ${figure('Round trips', count(statistics.trades), statistics.winRate === null ? 'none closed' : `${share(statistics.winRate)} won`)}
    ${figure('Mean round trip', optional(statistics.expectancyReturn, signedPercent), `${optional(statistics.expectancyQuote, signedMoney)} ${quote} after fees`)}
  </dl>`;
}

interface Column {
  readonly name: string;
  readonly performance: CurvePerformance | null;
  /** Holding has no trades to speak of. */
  readonly statistics: TradeStatistics | null;
}

/** Every number of an account, holding beside it, and the part that the model has not seen apart.
 *  @param heldOut null where there is none */
export function performanceTable(
  account: Account,
  heldOut: SymbolReport['heldOut'],
  {quote}: Pick<BacktestReport, 'quote'>,
): Html {
  const columns = columnsOf(account, heldOut);
  const row = (label: string, cell: (column: Column) => string): Html =>
    html`<tr>
      <th scope="row">${label}</th>
      ${columns.map((column) => html`<td>${cell(column)}</td>`)}
    </tr> `;
  const curve = (label: string, text: (one: CurvePerformance) => string): Html =>
    row(label, ({performance}) => optional(performance, text));
  const trades = (label: string, text: (one: TradeStatistics) => string): Html =>
    row(label, ({statistics}) => (statistics === null ? '' : text(statistics)));
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Performance">
    <table class="numbers">
      <thead>
        <tr>
          <td></td>
          ${columns.map(({name}) => html`<th scope="col">${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${curve('Return', ({totalReturn}) => signedPercent(totalReturn))}
        ${curve('Return a year', ({annualisedReturn}) => optional(annualisedReturn, signedPercent))}
        ${curve('Volatility a year', ({annualisedVolatility}) => percent(annualisedVolatility))}
        ${curve('Sharpe', ({sharpe}) => optional(sharpe, ratio))}
        ${curve(`Sharpe, ${confidenceOf(columns)}`, intervalText)}
        ${curve('Sortino', ({sortino}) => optional(sortino, ratio))}
        ${curve('Calmar', ({calmar}) => optional(calmar, ratio))}
        ${curve('Largest drawdown', ({maxDrawdown}) => percent(maxDrawdown))}
        ${curve('Longest drawdown', ({longestDrawdownMs}) => duration(longestDrawdownMs))}
      </tbody>
      <tbody>
        ${trades('Round trips', (one) => count(one.trades))}
        ${trades('Won', (one) => optional(one.winRate, share))}
        ${trades('Profit factor', (one) => optional(one.profitFactor, ratio))}
        ${trades(`Mean round trip, ${quote}`, (one) => optional(one.expectancyQuote, signedMoney))}
        ${trades(`Mean of those won, ${quote}`, (one) => optional(one.averageWinQuote, signedMoney))}
        ${trades(`Mean of those lost, ${quote}`, (one) => optional(one.averageLossQuote, signedMoney))}
        ${trades('Mean holding time', (one) => optional(one.meanHoldingMs, duration))}
        ${trades('Something held', (one) => `${share(one.exposure)} of candles`)}
        ${trades('Turnover', (one) => `${ratio(one.turnover)} of equity`)}
        ${trades(`Fees paid, ${quote}`, (one) => money(one.feesPaidQuote))}
      </tbody>
    </table>
  </div>`;
}

function columnsOf(account: Account, heldOut: SymbolReport['heldOut']): Column[] {
  const {performance, buyAndHold, tradeStatistics: statistics} = account;
  const own = [
    {name: 'Strategy', performance, statistics},
    {name: 'Holding', performance: buyAndHold, statistics: null},
  ];
  // Where all of it lies behind the training there is no other part.
  if (heldOut === null || heldOut.performance.candles === performance?.candles) return own;
  const since = new Date(heldOut.fromMs).toISOString().slice(0, 10);
  return [
    ...own,
    {name: `Unseen, since ${since}`, performance: heldOut.performance, statistics: heldOut.tradeStatistics},
    {name: 'Holding', performance: heldOut.buyAndHold, statistics: null},
  ];
}

function intervalText({sharpeInterval}: CurvePerformance): string {
  return sharpeInterval === null ? NONE : `${ratio(sharpeInterval.low)} to ${ratio(sharpeInterval.high)}`;
}

function confidenceText({confidence}: NonNullable<CurvePerformance['sharpeInterval']>): string {
  return `${count(confidence * 100)}%`;
}

/** What the intervals of a row are of. */
function confidenceOf(columns: readonly Column[]): string {
  const [first] = columns.flatMap(({performance}) => performance?.sharpeInterval ?? []);
  return first === undefined ? 'interval' : `${confidenceText(first)} interval`;
}
