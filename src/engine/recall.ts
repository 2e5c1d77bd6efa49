import type {Candle} from '../domain/candle.js';
import type {PaperRecord} from '../execution/paper-book.js';
import type {StoredEntry} from '../store/journal-entry.js';
import type {EngineState} from './engine-state.js';
import {
  readCandle,
  readFill,
  readHalt,
  readOrder,
  readReport,
  readStop,
  readUnresolved,
} from './journal-bodies.js';

/** Where a journal left off. */
export interface Recalled {
  /** The last candle that was taken in; undefined where none was. */
  readonly lastCandle: Candle | undefined;
  /** Decided candles. */
  readonly decisions: number;
}

/** Brings a state to where its journal left off: the same candles, orders and news through the same stages, in the same
 *  order, with nothing decided and nothing sent. Any prefix of a journal is such a state. */
export function recall(state: EngineState, entries: Iterable<StoredEntry>): Recalled {
  let lastCandle: Candle | undefined;
  let decisions = 0;
  for (const {kind, candleMs, body} of entries) {
    switch (kind) {
      case 'candle':
      case 'step': {
        const {candle, sentiment} = readCandle(body);
        lastCandle = candle;
        state.recallCandle(candle, sentiment);
        if (kind === 'step') decisions += 1;
        break;
      }
      case 'order':
        state.ordered(readOrder(body));
        break;
      case 'fill':
        state.heard({kind: 'fill', fill: readFill(body)});
        break;
      case 'report':
        state.heard({kind: 'order', report: readReport(body)});
        break;
      case 'halt':
        state.halt = readHalt(body);
        break;
      case 'resume':
        state.halt = undefined;
        break;
      case 'unresolved':
        state.unresolved = readUnresolved(body);
        break;
      case 'stop':
        state.stopDecided(readStop(body, candleMs));
        break;
      case 'session':
        state.changeSettings(body);
        break;
      // Its order has a line of its own.
      case 'flatten':
      case 'end':
        break;
    }
  }
  return {lastCandle, decisions};
}

/** What a journal says of a paper venue's book, for `PaperBroker.restore`. */
export function* paperRecords(entries: Iterable<StoredEntry>): Generator<PaperRecord, void, undefined> {
  for (const {kind, body} of entries) {
    if (kind === 'order') yield {kind, order: readOrder(body)};
    else if (kind === 'fill') yield {kind, fill: readFill(body)};
    else if (kind === 'report') yield {kind, report: readReport(body)};
  }
}
