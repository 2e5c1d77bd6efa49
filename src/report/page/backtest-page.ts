import {createHash} from 'node:crypto';
import {count, minute} from '../../domain/amount-text.js';
import {parseTimeframe} from '../../domain/timeframe.js';
import type {BacktestReport, SymbolReport} from '../backtest-report.js';
import {calibration} from './calibration-diagram.js';
import {configuration, modelCard} from './configuration.js';
import {Html, dataElement, html, scriptElement, styleElement} from './html.js';
import type {HtmlPart} from './html.js';
import {monthTable} from './month-table.js';
import {readPageAssets} from './page-assets.js';
import type {PageAssets} from './page-assets.js';
import {pageData} from './page-data.js';
import {keyFigures, performanceTable} from './performance-table.js';
import type {Account} from './performance-table.js';
import {refusalTable} from './refusal-table.js';

/** One account that the page can show: of a symbol, or of all of them. */
interface View {
  readonly name: string;
  readonly account: Account & Pick<SymbolReport, 'months'>;
  /** What the numbers are of; all symbols have the parts that only a symbol has each for itself. */
  readonly symbols: readonly SymbolReport[];
}

/** A backtest as one HTML file that opens from disk and loads nothing: charts, tables, card and configuration.
 *  The same report gives the same bytes; every text in it that came from a file is escaped, and its content security policy runs the
 *  one script that was built for it and connects to nothing.
 *  @throws UNEXPECTED where the page's parts were not built */
export function backtestPage(report: BacktestReport, assets: PageAssets = readPageAssets()): string {
  const {script, style} = assets;
  const {ms: timeframeMs} = parseTimeframe(report.settings.timeframe);
  const policy = `default-src 'none'; script-src '${hashOf(script)}'; style-src '${hashOf(style)}'; img-src data:; base-uri 'none'; form-action 'none'`;
  const views = viewsOf(report);
  const title = `${report.model.name} on ${report.symbols.map(({symbol}) => symbol).join(', ')}, ${report.settings.timeframe}`;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${new Html(policy)}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        <title>${title} · backtest</title>
        ${styleElement(style)}
      </head>
      <body>
        <header>
          <div>
            <p class="kind">Backtest</p>
            <h1>${title}</h1>
          </div>
          <div class="controls">
            ${views.length > 1 && chooser(views)}<button type="button" id="theme" hidden>Dark</button>
          </div>
        </header>
        <main>
          ${
            report.warnings.length > 0
            && html`<aside aria-label="Warnings">
              <ul>
                ${report.warnings.map((text) => html`<li>${text}</li>`)}
              </ul>
            </aside>`
          }
          ${perView(
            views,
            (view) =>
              html`<p class="lead">${lead(view, report)}</p>
                ${keyFigures(view.account, report)}`,
          )}
          <section id="charts">
            <h2>Candles, forecast, equity</h2>
            <div id="chart-controls" class="chart-controls" hidden>
              <p id="legend" class="legend"></p>
              <div id="ranges" class="ranges" role="group" aria-label="Time range"></div>
            </div>
            <div
              id="chart"
              tabindex="0"
              role="application"
              aria-label="Chart of candles, forecasts, equity and drawdown. Arrow keys move, plus and minus zoom."
            ></div>
            ${perView(views, chartNote)}
            <noscript><p class="quiet">The charts and the table of trades need JavaScript.</p></noscript>
          </section>
          <section>
            <h2>Performance</h2>
            ${perView(views, (view) => performanceTable(view.account, heldOutOf(view), report))}
          </section>
          <section>
            <h2>By month</h2>
            ${perView(views, (view) => monthTable(view.account.months, report))}
          </section>
          <section>
            <h2>Forecasts</h2>
            ${perView(views, (view) => eachSymbol(view, ({forecasts}) => calibration(forecasts)))}
          </section>
          <section id="trades" hidden>
            <h2>Round trips</h2>
            <p class="quiet" id="trades-note"></p>
            <div class="scroll" tabindex="0" role="region" aria-label="Round trips">
              <table class="numbers" id="trades-table">
                <thead></thead>
                <tbody></tbody>
              </table>
            </div>
            <p><button type="button" id="more-trades" hidden></button></p>
          </section>
          <section>
            <h2>Risk audit</h2>
            ${perView(views, (view) => eachSymbol(view, refusalTable))}
          </section>
          <section>
            <h2>Model</h2>
            ${modelCard(report)}
          </section>
          <section>
            <h2>Configuration</h2>
            ${configuration(report)}
          </section>
        </main>
        <footer>
          <p>
            Made by dl-trade ${report.dlTrade}. Times are UTC, money is ${report.quote}, a candle is named by
            its open time. Nothing on this page comes from a network.
          </p>
          <p>
            Charts:
            <a href="https://www.tradingview.com/" rel="noopener noreferrer">TradingView</a> Lightweight
            Charts™, Copyright (c) TradingView, Inc., Apache License 2.0.
          </p>
        </footer>
        ${dataElement('data', pageData(report, timeframeMs))} ${scriptElement(script)}
      </body>
    </html> `.text;
}

function viewsOf({symbols, portfolio}: BacktestReport): View[] {
  const own = symbols.map((one) => ({name: one.symbol, account: one, symbols: [one]}));
  return portfolio === null ? own : [{name: 'All symbols', account: portfolio, symbols}, ...own];
}

function chooser(views: readonly View[]): Html {
  return html`<label
    >Books of
    <select id="view">
      ${views.map(({name}, i) => html`<option value="${i}">${name}</option>`)}
    </select></label
  >`;
}

function perView(views: readonly View[], content: (view: View) => HtmlPart): HtmlPart {
  return views.map(
    (view, i) => html`<div data-view="${i}" ${i > 0 && new Html(' hidden')}>${content(view)}</div> `,
  );
}

/** What only a symbol has: its own, or that of one after the other. */
function eachSymbol({symbols}: View, content: (report: SymbolReport) => Html): HtmlPart {
  if (symbols.length === 1) return content(symbols[0]!);
  return symbols.map(
    (one) =>
      html`<h3>${one.symbol}</h3>
        ${content(one)}`,
  );
}

function chartNote({symbols}: View): Html | null {
  const [only] = symbols;
  if (symbols.length > 1 || only === undefined) return null;
  const firstMs = only.series.openTimesMs[0] ?? Infinity;
  const isPartlySeen = only.heldOut !== null && firstMs < only.heldOut.fromMs;
  return html`<p class="quiet">
    A triangle is an entry, a square an exit; where there are too many to tell apart, a tick below is an
    entry.${isPartlySeen && ' Shaded: candles that the model may have been trained on.'}
  </p>`;
}

function heldOutOf({symbols}: View): SymbolReport['heldOut'] {
  return symbols.length === 1 ? symbols[0]!.heldOut : null;
}

function lead({symbols}: View, {settings}: BacktestReport): string {
  const from = symbols.flatMap(({period}) => period.firstDecisionMs ?? []);
  const to = symbols.flatMap(({period}) => period.lastDecisionMs ?? []);
  if (from.length === 0) return 'Nothing was decided.';
  const decisions = symbols.reduce((sum, {period}) => sum + period.decisions, 0);
  return `${minute(Math.min(...from))} to ${minute(Math.max(...to))} UTC, ${count(decisions)} decisions; threshold ${String(settings.threshold)}, fee ${String(settings.feeBps)} and slippage ${String(settings.slippageBps)} bps a fill.`;
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
