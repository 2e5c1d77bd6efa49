import {count} from '../../domain/amount-text.js';
import type {SymbolReport} from '../backtest-report.js';
import {html} from './html.js';
import type {Html} from './html.js';
import {probability, share} from './number-text.js';

type Quality = NonNullable<SymbolReport['forecasts']['quality']>;

interface Point {
  readonly from: number;
  readonly to: number;
  readonly samples: number;
  readonly forecast: number;
  readonly observed: number;
  /** 95% interval of `observed`, as if forecasts were independent. */
  readonly low: number;
  readonly high: number;
}

const SIZE = 320;
const LEFT = 44;
const TOP = 8;
const BARS = 48;
const BOTTOM = 40;
/** 95% of a normal distribution lie within so many deviations. */
const Z = 1.959964;

/** How often it rose where the model said so: a reliability diagram with the number of forecasts below it, and the scores of the
 *  forecasts beside it. */
export function calibration({made, lowest, highest, quality}: SymbolReport['forecasts']): Html {
  if (quality === null)
    return html`<p class="quiet">
      ${count(made)} forecasts, none with an outcome in the file: nothing to measure.
    </p>`;
  const points = quality.calibration.flatMap(pointOf);
  return html`<div class="beside">
    <figure>
      ${diagram(points)}
      <figcaption class="quiet">
        On the line, forecasts mean what they say. Whiskers: 95%, were forecasts independent. Bars: forecasts
        in the bin.
      </figcaption>
    </figure>
    <div>${scores(quality, [lowest, highest])}${binTable(points)}</div>
  </div>`;
}

function pointOf({from, to, samples, forecast, observed}: Quality['calibration'][number]): Point[] {
  if (forecast === null || observed === null) return [];
  return [{from, to, samples, forecast, observed, ...wilson(observed, samples)}];
}

/** source: Wilson, "Probable inference, the law of succession, and statistical inference" (1927) */
function wilson(observed: number, samples: number): {low: number; high: number} {
  const z2 = (Z * Z) / samples;
  const centre = (observed + z2 / 2) / (1 + z2);
  const half = (Z * Math.sqrt((observed * (1 - observed)) / samples + z2 / (4 * samples))) / (1 + z2);
  return {low: centre - half, high: centre + half};
}

function diagram(points: readonly Point[]): Html {
  // Only as much of [0, 1] as holds something, in tenths, so that what there is can be told apart.
  const tenth = (value: number, round: (value: number) => number): number => round(value * 10 + 0) / 10;
  const low = tenth(Math.min(...points.map(({from, observed}) => Math.min(from, observed))), Math.floor);
  const high = tenth(Math.max(...points.map(({to, observed}) => Math.max(to, observed))), Math.ceil);
  const at = (value: number): number => ((clamp(value, low, high) - low) / (high - low)) * SIZE;
  const x = (value: number): string => (LEFT + at(value)).toFixed(1);
  const y = (value: number): string => (TOP + SIZE - at(value)).toFixed(1);
  const base = TOP + SIZE + BARS;
  const most = Math.max(...points.map(({samples}) => samples));
  const steps = Math.round((high - low) * 10);
  const ticks = Array.from({length: steps + 1}, (_, i) => low + i / 10);
  const bar = ({from, to, samples}: Point): Html => {
    const height = Math.max(1, (samples / most) * (BARS - 12));
    return html`<rect
      class="bar"
      x="${(LEFT + at(from) + 1).toFixed(1)}"
      y="${(base - height).toFixed(1)}"
      width="${(at(to) - at(from) - 2).toFixed(1)}"
      height="${height.toFixed(1)}"
    />`;
  };
  const mark = ({forecast, observed, low: from, high: to, samples}: Point): Html =>
    html`<g
      ><line class="whisker" x1="${x(forecast)}" x2="${x(forecast)}" y1="${y(from)}" y2="${y(to)}" /><circle
        class="dot"
        cx="${x(forecast)}"
        cy="${y(observed)}"
        r="4"
      /><title>
        ${`forecast ${probability(forecast)}, rose ${probability(observed)}, ${count(samples)} forecasts`}
      </title></g
    >`;
  return html`<svg
    class="diagram"
    viewBox="0 0 ${LEFT + SIZE + 12} ${base + BOTTOM}"
    role="img"
    aria-label="Reliability diagram; its numbers are in the table of bins"
  >
    ${ticks.map((tick) => html`<line class="grid" x1="${x(low)}" x2="${x(high)}" y1="${y(tick)}" y2="${y(tick)}" /><line class="grid" x1="${x(tick)}" x2="${x(tick)}" y1="${TOP}" y2="${base}" /><text class="tick" text-anchor="end" x="${LEFT - 8}" y="${(Number(y(tick)) + 4).toFixed(1)}">${tick.toFixed(1)}</text><text class="tick" text-anchor="middle" x="${x(tick)}" y="${base + 16}">${tick.toFixed(1)}</text>`)}
    <line class="ideal" x1="${x(low)}" y1="${y(low)}" x2="${x(high)}" y2="${y(high)}" />
    ${points.map(bar)} ${points.map(mark)}
    <text class="tick" text-anchor="middle" x="${LEFT + SIZE / 2}" y="${base + 34}">
      forecast probability of a rise
    </text>
    <text class="tick" text-anchor="middle" transform="translate(11 ${TOP + SIZE / 2}) rotate(-90)">
      share that rose
    </text>
  </svg>`;
}

function scores(quality: Quality, [lowest, highest]: readonly (number | null)[]): Html {
  const row = (label: string, value: string, note: string): Html =>
    html`<tr>
      <th scope="row">${label}</th>
      <td>${value}</td>
      <td class="note">${note}</td>
    </tr> `;
  return html`<table class="numbers">
    <tbody>
      ${row('Forecasts with an outcome', count(quality.samples), `between ${probability(lowest ?? 0)} and ${probability(highest ?? 0)}`)}
      ${row('Right', share(quality.accuracy), `the more frequent outcome: ${share(quality.baseRate)}`)}
      ${row('Log loss', quality.logLoss.toFixed(4), 'a coin: 0.6931')}
      ${row('Brier score', quality.brierScore.toFixed(4), 'a coin: 0.2500')}
      ${row('Calibration error', quality.expectedCalibrationError.toFixed(4), 'mean distance from the line')}
    </tbody>
  </table>`;
}

function binTable(points: readonly Point[]): Html {
  return html`<table class="numbers">
    <thead>
      <tr>
        <th scope="col">Bin</th>
        <th scope="col">Forecasts</th>
        <th scope="col">Mean forecast</th>
        <th scope="col">Rose</th>
      </tr>
    </thead>
    <tbody>
      ${points.map(
        ({from, to, samples, forecast, observed}) =>
          html`<tr>
            <th scope="row">${from.toFixed(1)} to ${to.toFixed(1)}</th>
            <td>${count(samples)}</td>
            <td>${probability(forecast)}</td>
            <td>${probability(observed)}</td>
          </tr> `,
      )}
    </tbody>
  </table>`;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
