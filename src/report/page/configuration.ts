import {count, minute} from '../../domain/amount-text.js';
import type {BacktestReport, SymbolReport} from '../backtest-report.js';
import {html} from './html.js';
import type {Html, HtmlPart} from './html.js';
import {NONE, optional} from './number-text.js';

/** The model's card: what it is, what it was trained on, what its author says of it. */
export function modelCard({model}: Pick<BacktestReport, 'model'>): Html {
  const {card, trainedOn, featureSchema} = model;
  return html`${paragraphs(card.summary)}
  ${
    card.limitations.length > 0
    && html`<ul>
      ${card.limitations.map((one) => html`<li>${one}</li>`)}
    </ul>`
  }
  ${card.notes !== null && paragraphs(card.notes)}
  ${list([
    ['Architecture', model.architecture],
    ['Looks back', `${count(model.sequenceLength)} candles`],
    ['Looks ahead', `${count(model.horizon)} ${model.horizon === 1 ? 'candle' : 'candles'}`],
    ['Threshold of its manifest', String(model.decisionThreshold)],
    ['Trained on', `${trainedOn.symbol} ${trainedOn.timeframe}, ${trainedOn.source}`],
    [
      'Training candles',
      `${trainedOn.from ?? NONE} to ${trainedOn.to ?? NONE}, ${optional(trainedOn.rows, count)} rows`,
    ],
    ['Has seen none since', trainedOn.heldOutFrom ?? 'nobody knows'],
    ['Features', `${featureSchema.id}, ${featureSchema.hash}`],
    ['Weights, sha256', model.weightsSha256],
    ['Manifest, sha256', model.manifestSha256],
  ])}`;
}

/** All that was set, and what was read: enough to make the same report again. */
export function configuration({settings, kernel, dlTrade, symbols, quote}: BacktestReport): Html {
  const moment = (timeMs: number | null): string => optional(timeMs, (one) => `${minute(one)} UTC`);
  return html`${list([
      ['Timeframe', settings.timeframe],
      ['Decided from', settings.from === null ? 'the first warm candle' : moment(settings.from)],
      ['Decided to', settings.to === null ? 'the last candle' : moment(settings.to)],
      [
        'Threshold',
        `buy above ${String(settings.threshold)}, sell below ${String(Number((1 - settings.threshold).toFixed(12)))}`,
      ],
      ['Fee', `${String(settings.feeBps)} bps a fill`],
      ['Slippage', `${String(settings.slippageBps)} bps a fill`],
      ['Starting cash', `${count(settings.startingCashQuote)} ${quote} a symbol`],
      ['Largest position', `${count(settings.maxPositionSizeQuote)} ${quote}`],
      ['Sentiment', settings.sentiment],
      ['Seed of the intervals', String(settings.seed)],
      [
        'Forecasts',
        `${kernel.name}, ${kernel.forecasts}, ${kernel.isa}, ${count(kernel.threads)} thread${kernel.threads === 1 ? '' : 's'}, LibTorch ${kernel.libtorch}`,
      ],
      ['dl-trade', dlTrade],
    ])}
    <h3>Exits</h3>
    ${Object.keys(settings.exits).length === 0 ? html`<p class="quiet">None but the signal.</p>` : list(Object.entries(settings.exits).map(([name, value]) => [name, String(value)]))}
    <h3>Limits of the risk audit</h3>
    ${list(Object.entries(settings.limits).map(([name, value]) => [name, String(value)]))}
    <h3>Candles</h3>
    ${symbols.map(sourceOf)}`;
}

function sourceOf({symbol, source, period}: SymbolReport): Html {
  return list([
    ['Symbol', symbol],
    ['File', source.file],
    ['sha256', source.sha256],
    ['Read', `${count(source.candles)} candles, ${minute(source.fromMs)} to ${minute(source.toMs)} UTC`],
    ['Missing', `${count(source.filledCandles)} filled in flat, ${count(source.gaps)} gaps too long to fill`],
    ['Warm-up', `${count(period.warmUpCandles)} candles`],
    ['Decisions', `${count(period.decisions)} on ${count(period.candles)} candles`],
  ]);
}

function list(entries: readonly (readonly [string, HtmlPart])[]): Html {
  return html`<dl class="facts">
    ${entries.map(
      ([name, value]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div> `,
    )}
  </dl>`;
}

function paragraphs(text: string): HtmlPart {
  return text
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .map((line) => html`<p>${line}</p> `);
}
