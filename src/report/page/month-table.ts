import {count} from '../../domain/amount-text.js';
import type {BacktestReport, MonthReport} from '../backtest-report.js';
import {html} from './html.js';
import type {Html} from './html.js';
import {signedMoney, signedPercent} from './number-text.js';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Returns by calendar month, a row a year, holding below each; and every month with its trades, to unfold. */
export function monthTable(months: readonly MonthReport[], {quote}: Pick<BacktestReport, 'quote'>): Html {
  if (months.length === 0) return html`<p class="quiet">No month: nothing was traded.</p>`;
  const years = [...new Set(months.map(({month}) => month.slice(0, 4)))];
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Monthly returns">
      <table class="numbers months">
        <thead>
          <tr>
            <td></td>
            ${MONTHS.map((name) => html`<th scope="col">${name}</th>`)}
            <th scope="col">Year</th>
          </tr>
        </thead>
        <tbody>
          ${years.map((year) => yearRow(year, months))}
        </tbody>
      </table>
    </div>
    <p class="quiet">Strategy, and holding below it. A first or last month may be a part of one.</p>
    <details>
      <summary>Months as a list, with round trips</summary>
      <div class="scroll" tabindex="0" role="region" aria-label="Months with round trips">
        <table class="numbers">
          <thead>
            <tr>
              <th scope="col">Month</th>
              <th scope="col">Strategy</th>
              <th scope="col">Holding</th>
              <th scope="col">Round trips closed</th>
              <th scope="col">Their profit, ${quote}</th>
              <th scope="col">Candles</th>
            </tr>
          </thead>
          <tbody>
            ${months.map(monthRow)}
          </tbody>
        </table>
      </div>
    </details>`;
}

function yearRow(year: string, months: readonly MonthReport[]): Html {
  const own = months.filter(({month}) => month.startsWith(year));
  const cells = MONTHS.map((_, i) => {
    const name = `${year}-${String(i + 1).padStart(2, '0')}`;
    const found = own.find(({month}) => month === name);
    return found === undefined ? html`<td></td>` : cell(found.totalReturn, found.buyAndHoldReturn);
  });
  const compounded = (pick: (month: MonthReport) => number): number =>
    own.reduce((product, month) => product * (1 + pick(month)), 1) - 1;
  const total = cell(
    compounded(({totalReturn}) => totalReturn),
    compounded(({buyAndHoldReturn}) => buyAndHoldReturn),
  );
  return html`<tr>
    <th scope="row">${year}</th>
    ${cells}${total}
  </tr> `;
}

function cell(strategy: number, holding: number): Html {
  return html`<td>${coloured(strategy)}<small>${signedPercent(holding)}</small></td>`;
}

function monthRow({month, totalReturn, buyAndHoldReturn, trades, pnlQuote, candles}: MonthReport): Html {
  return html`<tr>
    <th scope="row">${month}</th>
    <td>${coloured(totalReturn)}</td>
    <td>${signedPercent(buyAndHoldReturn)}</td>
    <td>${count(trades)}</td>
    <td>${signedMoney(Number(pnlQuote))}</td>
    <td>${count(candles)}</td>
  </tr> `;
}

function coloured(value: number): Html {
  const text = signedPercent(value);
  return value === 0 ? html`${text}` : html`<span class="${value > 0 ? 'gain' : 'loss'}">${text}</span>`;
}
