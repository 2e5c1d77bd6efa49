import type {PageData} from '../page-data.js';
import {ReportChart} from './report-chart.js';
import type {Reading} from './report-chart.js';
import {followTheme} from './theme.js';
import {TradesTable} from './trades-table.js';

const DAY_MS = 86_400_000;
const RANGES: readonly (readonly [name: string, ms: number])[] = [
  ['1 year', 365 * DAY_MS],
  ['3 months', 91 * DAY_MS],
  ['1 month', 30 * DAY_MS],
  ['1 week', 7 * DAY_MS],
  ['1 day', DAY_MS],
];

function element(id: string): HTMLElement {
  return document.getElementById(id)!;
}

const data = JSON.parse(element('data').textContent) as PageData;
let chart: ReportChart | undefined;

const trades = new TradesTable(
  element('trades-table') as HTMLTableElement,
  element('more-trades') as HTMLButtonElement,
  (index) => {
    const trade = data.views[shownView()]!.trades[index]!;
    chart?.showTrade(index, trade);
    element('chart').scrollIntoView({block: 'center', behavior: 'smooth'});
    element('chart').focus({preventScroll: true});
  },
);

function shownView(): number {
  const chooser = document.getElementById('view') as HTMLSelectElement | null;
  return chooser === null ? 0 : Number(chooser.value);
}

function showReading(reading: Reading): void {
  element('legend').replaceChildren(
    ...reading.map(([label, value]) => {
      const part = document.createElement('span');
      part.dataset['label'] = label;
      const number = document.createElement('b');
      number.textContent = value;
      part.append(label === '' ? '' : `${label} `, number);
      return part;
    }),
  );
}

function addRanges(view: PageData['views'][number], shown: ReportChart): void {
  const button = (name: string, act: () => void): HTMLButtonElement => {
    const one = document.createElement('button');
    one.type = 'button';
    one.textContent = name;
    one.addEventListener('click', act);
    return one;
  };
  const span = shown.times.length * data.timeframeMs;
  const {heldOutFromMs} = view;
  element('ranges').replaceChildren(
    button('All', () => {
      shown.showLast(undefined);
    }),
    ...(heldOutFromMs === null
      ? []
      : [
          button('Unseen', () => {
            shown.showFrom(heldOutFromMs);
          }),
        ]),
    ...RANGES.filter(([, ms]) => ms < span && ms >= 8 * data.timeframeMs).map(([name, ms]) =>
      button(name, () => {
        shown.showLast(ms);
      }),
    ),
  );
}

function showView(): void {
  const index = shownView();
  const view = data.views[index]!;
  for (const part of document.querySelectorAll<HTMLElement>('[data-view]'))
    part.hidden = part.dataset['view'] !== String(index);
  chart?.remove();
  chart = undefined;
  const isEmpty = view.curve.times.count === 0;
  element('charts').hidden = isEmpty;
  if (!isEmpty) {
    element('charts').dataset['panes'] = view.candles === null ? '2' : '4';
    element('charts').querySelector('h2')!.textContent =
      view.candles === null ? 'Equity and drawdown' : 'Candles, forecast, equity';
    element('chart-controls').hidden = false;
    chart = new ReportChart(element('chart'), data, view, showReading);
    addRanges(view, chart);
  }
  element('trades').hidden = view.trades.length === 0;
  if (view.trades.length === 0) return;
  element('trades-note').textContent =
    'After fees and slippage. A heading sorts'
    + (view.candles === null ? '.' : '; a number shows the round trip on the candles.');
  trades.show(data, view.trades, view.candles !== null);
}

const KEYS: Readonly<Record<string, readonly [share: number, zoom: number]>> = {
  ArrowLeft: [-0.2, 1],
  ArrowRight: [0.2, 1],
  '+': [0, 0.5],
  '=': [0, 0.5],
  '-': [0, 2],
};

document.getElementById('view')?.addEventListener('change', showView);
element('chart').addEventListener('keydown', (event) => {
  const step = KEYS[event.key];
  if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  chart?.move(...step);
});
showView();
followTheme(element('theme') as HTMLButtonElement, () => chart?.recolour());
