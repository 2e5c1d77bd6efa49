import type {HaltOrder, NoRunStatus, RunStatus, UnreadableStatus} from '../index.js';
import {minute, moment, money, percent, price} from '../domain/amount-text.js';
import {parseTimeframe} from '../domain/timeframe.js';
import {openOrderWords} from './open-order-lines.js';

const NO_RUN: NoRunStatus['state'] = 'no run yet';

/** Every strategy in two lines, what it is and how it stands; and one for each thing that is unresolved. */
export function statusTable(all: readonly (RunStatus | NoRunStatus | UnreadableStatus)[]): string[] {
  if (all.length === 0) return ['No strategy has run here: nothing lies below .dl-trade/.'];
  return all.flatMap((one) => {
    if ('error' in one) return [one.stateDirectory, `  ${one.error.message} [${one.error.code}]`];
    if (one.state === NO_RUN) return [one.stateDirectory, `  ${NO_RUN}`];
    return [
      `${one.stateDirectory}  ${one.model} on ${one.symbol} ${one.timeframe}, ${one.broker}, ${stateOf(one)}`,
      `  ${accountOf(one)}`,
      ...unresolvedWords(one).map((words) => `  UNRESOLVED  ${words}`),
    ];
  });
}

/** One strategy, in full. */
export function statusLines(status: RunStatus | NoRunStatus): string[] {
  if (status.state === NO_RUN) return [`${status.stateDirectory}: ${NO_RUN}`];
  const {position, openOrders, lastDecision, lastCandleMs} = status;
  const [base = '', quote = ''] = status.symbol.split('/');
  return [
    `${status.model} on ${status.symbol} ${status.timeframe}, ${status.broker} account, candles from ${status.source}`,
    `  state         ${stateOf(status)}`,
    ...haltLines(status),
    `  last candle   ${lastCandleMs === null ? 'none yet' : `${momentOf(lastCandleMs, status)} UTC`}, ${String(status.decisions)} decisions`,
    `  position      ${
      position === null
        ? 'none'
        : `${position.side} ${position.quantityBase} ${base} at ${price(Number(position.averageEntryPrice))}, `
          + `unrealised ${money(position.unrealisedPnlQuote)} ${quote}, since ${momentOf(position.openedAtMs, status)} UTC`
    }`,
    ...(status.equityQuote === null
      ? []
      : [
          `  equity        ${money(status.equityQuote)} ${quote}, cash ${money(status.cashQuote ?? '0')}`,
          `  today         ${percent(status.dayReturn ?? 0)}, drawdown ${percent(status.dayDrawdown ?? 0)} from the day's peak`,
        ]),
    `  open orders   ${openOrders.length === 0 ? 'none' : openOrders.map((order) => openOrderWords(order, base)).join('; ')}`,
    ...unresolvedWords(status).map((words) => `  UNRESOLVED    ${words}`),
    `  last decision ${lastDecision === null ? 'none yet' : decisionOf(lastDecision)}`,
  ];
}

function stateOf({state, pid, halted, haltOrdered}: RunStatus): string {
  const running = state === 'running' && pid !== null ? `running (process ${String(pid)})` : state;
  if (halted !== null || (haltOrdered !== null && state !== 'finished')) return `${running}, HALTED`;
  return running;
}

function momentOf(timeMs: number, {timeframe}: Pick<RunStatus, 'timeframe'>): string {
  return moment(timeMs, parseTimeframe(timeframe).ms);
}

function unresolvedWords({unresolved: {orders, differences}}: RunStatus): string[] {
  return [
    ...orders.map(
      ({clientOrderId, reason}) => `${clientOrderId}: ${reason}; nothing is opened until the venue answers`,
    ),
    ...differences.map(({reason}) => `${reason}; nothing is opened until the books agree`),
  ];
}

function haltLines({halted, haltOrdered, state}: RunStatus): string[] {
  const words = ({reason, flatten, requestedAtMs}: HaltOrder): string =>
    `${reason}, since ${minute(requestedAtMs)} UTC${flatten ? ', closing what is held' : ''}`;
  if (halted !== null) {
    const ending = haltOrdered === null ? ' (ordered to resume, not obeyed yet)' : '';
    return [`  halted        ${words(halted)}${ending}`];
  }
  if (haltOrdered === null) return [];
  const ending = state === 'running' ? 'not obeyed yet' : 'for its next start';
  return [`  halt ordered  ${words(haltOrdered)} (${ending})`];
}

function accountOf(status: RunStatus): string {
  const {position, openOrders, equityQuote, dayDrawdown, lastCandleMs, lastDecision} = status;
  if (lastCandleMs === null || equityQuote === null) return 'no candle yet';
  const [base = '', quote = ''] = status.symbol.split('/');
  const held = position === null ? 'flat' : `${position.side} ${position.quantityBase} ${base}`;
  const open =
    openOrders.length === 0
      ? ''
      : `  open orders: ${openOrders.map((order) => openOrderWords(order, base)).join('; ')}`;
  return (
    `${momentOf(lastCandleMs, status)} UTC  ${held}${open}  equity ${money(equityQuote)} ${quote}  today's drawdown ${percent(dayDrawdown ?? 0)}`
    + (lastDecision === null ? '' : `  ${decisionOf(lastDecision)}`)
  );
}

function decisionOf({signal, probability, intent, verdict}: NonNullable<RunStatus['lastDecision']>): string {
  const forecast = `${signal}, p(up) ${probability?.toFixed(3) ?? '-'}`;
  const wanted =
    intent.kind === 'order' ? `${intent.side ?? ''} (${intent.reason})` : `hold (${intent.reason})`;
  const refused = verdict.reasons === undefined ? '' : `, refused: ${verdict.reasons.join(', ')}`;
  return `${forecast} -> ${wanted}${refused}`;
}
