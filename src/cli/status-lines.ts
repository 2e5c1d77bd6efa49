import type {HaltOrder, RunStatus, UnreadableStatus} from '../index.js';
import {minute, money, percent, price} from '../domain/amount-text.js';

/** Every strategy in two lines: what it is and how it stands. */
export function statusTable(all: readonly (RunStatus | UnreadableStatus)[]): string[] {
  if (all.length === 0) return ['No strategy has run here: nothing lies below .dl-trade/.'];
  return all.flatMap((one) => {
    if ('error' in one) return [one.stateDirectory, `  ${one.error.message} [${one.error.code}]`];
    return [
      `${one.stateDirectory}  ${one.model} on ${one.symbol} ${one.timeframe}, ${one.broker}, ${stateOf(one)}`,
      `  ${accountOf(one)}`,
    ];
  });
}

/** One strategy, in full. */
export function statusLines(status: RunStatus): string[] {
  const {position, openOrders, unresolved, lastDecision, lastCandleMs} = status;
  const [base = '', quote = ''] = status.symbol.split('/');
  return [
    `${status.model} on ${status.symbol} ${status.timeframe}, ${status.broker} account, candles from ${status.source}`,
    `  state         ${stateOf(status)}`,
    ...haltLines(status),
    `  last candle   ${lastCandleMs === null ? 'none yet' : `${minute(lastCandleMs)} UTC`}, ${String(status.decisions)} decisions`,
    `  position      ${
      position === null
        ? 'none'
        : `${position.side} ${position.quantityBase} ${base} at ${price(Number(position.averageEntryPrice))}, `
          + `unrealised ${money(position.unrealisedPnlQuote)} ${quote}, since ${minute(position.openedAtMs)} UTC`
    }`,
    ...(status.equityQuote === null
      ? []
      : [
          `  equity        ${money(status.equityQuote)} ${quote}, cash ${money(status.cashQuote ?? '0')}`,
          `  today         ${percent(status.dayReturn ?? 0)}, drawdown ${percent(status.dayDrawdown ?? 0)} from the day's peak`,
        ]),
    `  open orders   ${openOrders.length === 0 ? 'none' : openOrders.map(({side, quantityBase, clientOrderId}) => `${side} ${quantityBase} (${clientOrderId})`).join(', ')}`,
    ...unresolved.orders.map(
      ({clientOrderId, reason}) =>
        `  UNRESOLVED    ${clientOrderId}: ${reason}; nothing is opened until the venue answers`,
    ),
    ...unresolved.differences.map(
      ({reason}) => `  UNRESOLVED    ${reason}; nothing is opened until the books agree`,
    ),
    `  last decision ${lastDecision === null ? 'none yet' : decisionOf(lastDecision)}`,
  ];
}

function stateOf({state, pid, halted, haltOrdered}: RunStatus): string {
  const running = state === 'running' && pid !== null ? `running (process ${String(pid)})` : state;
  if (halted !== null || (haltOrdered !== null && state !== 'finished')) return `${running}, HALTED`;
  return running;
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
  const {position, equityQuote, dayDrawdown, lastCandleMs, lastDecision} = status;
  if (lastCandleMs === null || equityQuote === null) return 'no candle yet';
  const [base = '', quote = ''] = status.symbol.split('/');
  const held = position === null ? 'flat' : `${position.side} ${position.quantityBase} ${base}`;
  return (
    `${minute(lastCandleMs)} UTC  ${held}  equity ${money(equityQuote)} ${quote}  today's drawdown ${percent(dayDrawdown ?? 0)}`
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
