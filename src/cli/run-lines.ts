import {parseTimeframe, timeframeOfMs} from '../domain/timeframe.js';
import {count, moment, money, percent, price, signed} from '../domain/amount-text.js';
import type {DecisionRecord, RunHeader, RunResult, RunSummary, StepRecord, StopRecord} from '../index.js';
import {openOrderLines} from './open-order-lines.js';

/** The line of one event for people; undefined where there is nothing to say. */
export function lineOf(
  record: StepRecord,
  {symbol, timeframe, simulated}: Pick<RunHeader, 'symbol' | 'timeframe' | 'simulated'>,
): string | undefined {
  const [base = symbol, quote = ''] = symbol.split('/');
  const label = simulated ? ' [simulated]' : '';
  switch (record.kind) {
    case 'warming-up':
      return undefined;
    case 'order':
      return `    order ${record.report.clientOrderId} ${record.report.status}${record.report.reason === undefined ? '' : `: ${record.report.reason}`}${label}`;
    case 'fill': {
      const {fill, change} = record;
      const pnl =
        change.closedTrade === undefined ? '' : `  realised ${signed(change.realisedPnlQuote)} ${quote}`;
      return (
        `    fill ${fill.side} ${fill.quantityBase.toFixed()} ${base} at ${price(fill.price.toNumber())}`
        + `  fee ${fill.fee.toFixed(2)} ${fill.feeCurrency === 'quote' ? quote : base}${pnl}${label}`
      );
    }
    case 'decided':
      return `${moment(record.candle.openTimeMs, parseTimeframe(timeframe).ms)}  ${decisionWords(record, quote)}${label}`;
    case 'halted':
    case 'resumed':
      return undefined;
    case 'flattened':
      return `    flatten${actionOf(record)}${label}`;
    case 'stop':
      return `    stop${stopWords(record, quote)}${label}`;
  }
}

const HOLD_WORDS: Readonly<Record<string, string>> = {
  'already-long': 'already long',
  'already-short': 'already short',
  'nothing-to-close': 'too little held to sell',
  'order-pending': 'an order is pending',
  'no-cash': 'no cash left',
  'shorts-disabled': 'nothing to sell',
  'stop-uncertain': 'nothing sold: it is not certain that the resting stop has ended',
};

function stopWords({intent, verdict}: StopRecord, quote: string): string {
  const {quantityBase, side, stopPrice} = intent;
  if (verdict.kind === 'refused')
    return ` -> refused: ${verdict.reasons.join(', ')}; the stop loss is watched at closes alone`;
  return ` -> ${side} ${quantityBase.toFixed()} rests at ${price(stopPrice?.toNumber() ?? NaN)} ${quote}`;
}

function decisionWords(record: DecisionRecord, quote: string): string {
  const {candle, prediction, account} = record;
  const [position] = account.positions;
  const held = position === undefined ? 'flat' : `${position.side} ${position.quantityBase.toFixed()}`;
  return (
    `${price(candle.close).padStart(11)}  p(up) ${prediction?.probability.toFixed(3) ?? '  -  '}`
    + `  ${(prediction?.signal ?? 'neutral').padEnd(7)}  ${held.padEnd(14)}  equity ${money(account.equityQuote.toFixed())} ${quote}${actionOf(record)}`
  );
}

function actionOf({intent, verdict}: Pick<DecisionRecord, 'intent' | 'verdict'>): string {
  if (verdict.kind === 'approved') {
    const side = intent.kind === 'order' ? intent.side : '';
    return ` -> ${side} ${verdict.order.quantityBase.toFixed()} (${intent.reason})`;
  }
  if (verdict.kind === 'refused') return ` -> refused: ${verdict.reasons.join(', ')}`;
  const words = HOLD_WORDS[intent.reason];
  return words === undefined ? '' : ` -> ${words}`;
}

/** The exit rules of a run, to go behind its threshold; nothing where none is set. */
export function exitWords({
  stopLoss,
  restingStop,
  takeProfit,
  trailingStop,
  maxHoldingMs,
}: RunHeader['exits']): string {
  const words = [
    ...(stopLoss === undefined
      ? []
      : [`stop-loss ${share(stopLoss)}${restingStop === true ? ' resting at the venue' : ''}`]),
    ...(takeProfit === undefined ? [] : [`take-profit ${share(takeProfit)}`]),
    ...(trailingStop === undefined ? [] : [`trailing stop ${share(trailingStop)}`]),
    ...(maxHoldingMs === undefined ? [] : [`held at most ${timeframeOfMs(maxHoldingMs).name}`]),
  ];
  return words.map((word) => `, ${word}`).join('');
}

function share(fraction: number): string {
  return `${String(Number((fraction * 100).toPrecision(12)))}%`;
}

/** What a person should hear of the kill switch; undefined for any other event. */
export function switchNote(record: StepRecord, stateDirectory: string): string | undefined {
  if (record.kind === 'resumed') return 'resumed: positions may be opened again';
  if (record.kind !== 'halted') return undefined;
  const {reason, flatten} = record.command;
  return (
    `HALTED (${reason}): nothing is opened, what is held is ${flatten ? "sold, on paper at the next candle's open" : 'watched on'}; `
    + `dl-trade resume --state-dir ${stateDirectory} ends it`
  );
}

/** The closing lines of a run. */
export function summaryLines(summary: RunSummary, context: SummaryContext): string[] {
  const {symbol, timeframe, label, simulated, threshold, stateDirectory, seconds, finished} = context;
  const quote = symbol.split('/')[1] ?? '';
  const change =
    summary.startEquityQuote === null || summary.endEquityQuote === null
      ? 0
      : Number(summary.endEquityQuote) / Number(context.startingCashQuote) - 1;
  const {buy, sell, neutral} = summary.signals;
  const refused = Object.entries(summary.refusals).map(([reason, count]) => `${reason} ${String(count)}`);
  const unfilled = Object.entries(summary.unfilledOrders).map(
    ([reason, count]) => `${reason} ${String(count)}`,
  );
  const lines = [
    '',
    `${finished ? 'Finished' : 'Stopped'}: ${symbol} ${timeframe} on ${label}${simulated ? ' (SIMULATED: no price here was ever traded)' : ''}`,
    `  candles      ${count(summary.candles)} (${count(summary.warmUpCandles)} to warm up), ${count(summary.decisions)} decided`,
    `  signals      ${count(buy)} buy, ${count(sell)} sell, ${count(neutral)} neutral at threshold ${String(threshold)}`,
    `  orders       ${count(summary.orders)}, fills ${count(summary.fills)}, fees ${money(summary.feesPaidQuote)} ${quote}`,
    `  refusals     ${refused.length === 0 ? 'none' : refused.join(', ')}`,
    ...(unfilled.length === 0 ? [] : [`  not filled   ${unfilled.join(', ')}`]),
    `  equity       ${money(context.startingCashQuote)} -> ${money(summary.endEquityQuote ?? context.startingCashQuote)} ${quote}`
      + ` (${percent(change)}), max drawdown ${percent(summary.maxDrawdown)}`,
    `  still held   ${summary.openBase === '0' ? 'nothing' : `${summary.openBase} ${symbol.split('/')[0] ?? ''}`}`,
    ...openOrderLines(context),
    `  journal      ${stateDirectory}`,
    ...(seconds > 0
      ? [`  speed        ${count(context.candlesThisTime / seconds)} candles/s over ${seconds.toFixed(1)} s`]
      : []),
  ];
  if (summary.decisions > 0 && buy + sell === 0) {
    const {lowest, highest} = summary.probability;
    lines.push(
      `  No forecast crossed the threshold: probabilities lay in [${String(lowest?.toFixed(3))}, ${String(highest?.toFixed(3))}],`
        + ` a buy needs more than ${String(threshold)}. Try --threshold with a lower value.`,
    );
  }
  if (summary.decisions === 0) lines.push('  Nothing was decided: the history is shorter than the warm-up.');
  return lines;
}

/** What the summary needs that the journal's lines do not say. */
export interface SummaryContext extends Pick<RunResult, 'account' | 'openOrders'> {
  readonly symbol: string;
  readonly timeframe: string;
  readonly label: string;
  readonly simulated: boolean;
  readonly threshold: number;
  readonly startingCashQuote: string;
  readonly stateDirectory: string;
  readonly finished: boolean;
  /** Wall clock and candles of this process alone. */
  readonly seconds: number;
  readonly candlesThisTime: number;
}
