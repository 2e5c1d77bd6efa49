import {count} from '../../domain/amount-text.js';
import type {SymbolReport} from '../backtest-report.js';
import {html} from './html.js';
import type {Html} from './html.js';

/** From forecasts to fills: what was signalled, what the risk audit refused and why, what the venue left unfilled. */
export function refusalTable({
  signals,
  orders,
  refusals,
  unfilledOrders,
  tradeStatistics,
}: Pick<SymbolReport, 'signals' | 'orders' | 'refusals' | 'unfilledOrders' | 'tradeStatistics'>): Html {
  const refused = Object.entries(refusals).flatMap(([check, reasons]) =>
    Object.entries(reasons).map(([reason, times]) => ({by: check, reason, times})),
  );
  const unfilled = Object.entries(unfilledOrders).map(([reason, times]) => ({
    by: 'the venue',
    reason,
    times,
  }));
  const rows = [...refused.sort((a, b) => b.times - a.times), ...unfilled];
  const sentence = html`<p>
    ${count(signals.buy)} buy, ${count(signals.sell)} sell and ${count(signals.neutral)} neutral signals;
    ${count(orders)} orders passed the audit, ${count(tradeStatistics.fills)} fills.
  </p>`;
  if (rows.length === 0)
    return html`${sentence}
      <p class="quiet">Nothing was refused.</p>`;
  return html`${sentence}
    <div class="scroll" tabindex="0" role="region" aria-label="Refusals">
      <table class="numbers">
        <thead>
          <tr>
            <th scope="col">Refused by</th>
            <th scope="col" class="text">Reason</th>
            <th scope="col">Times</th>
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            ({by, reason, times}) =>
              html`<tr>
                <th scope="row">${by}</th>
                <td class="text">${reason}</td>
                <td>${count(times)}</td>
              </tr> `,
          )}
        </tbody>
      </table>
    </div>`;
}
