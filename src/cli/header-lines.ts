import {money} from '../domain/amount-text.js';
import type {RunHeader} from '../index.js';
import {exitWords} from './run-lines.js';

/** What a run prints before its first candle: what trades where, and with how much where the money is real. */
export function headerLines(header: RunHeader): string[] {
  const {model, symbol, timeframe, label, account, threshold, exits, simulated, resumes, stateDirectory} =
    header;
  const isPaper = account === 'paper';
  return [
    `dl-trade: ${model} on ${symbol} ${timeframe}, ${label}, ${isPaper ? 'paper account' : `ORDERS GO TO ${account.toUpperCase()}`}, threshold ${String(threshold)}${exitWords(exits)}`
      + (simulated ? '. SIMULATED: no price here was ever traded' : ''),
    ...(isPaper ? [] : [limitsLine(header)]),
    `${resumes ? 'going on with' : 'journal in'} ${stateDirectory}`,
  ];
}

function limitsLine({symbol, startingCashQuote, maxPositionSizeQuote, maxDailyDrawdown}: RunHeader): string {
  const quote = symbol.split('/')[1] ?? '';
  return (
    `positions of up to ${money(maxPositionSizeQuote)} ${quote} out of ${money(startingCashQuote)}; `
    + `nothing is opened once the day has lost ${String(Number((100 * maxDailyDrawdown).toPrecision(12)))}% from its peak`
  );
}
