import type {Candle} from '../domain/candle.js';
import type {PaperRecord} from '../execution/paper-book.js';
import type {StoredEntry} from '../store/journal-entry.js';
import type {Engine} from './engine.js';
import {readCandle, readFill, readHalt, readOrder, readReport, readUnresolved} from './journal-bodies.js';

/** Where a journal left off. */
export interface Recalled {
  /** The last candle that was taken in; undefined where none was. */
  readonly lastCandle: Candle | undefined;
  /** Decided candles. */
  readonly decisions: number;
}

/** Brings an engine to where its journal left off: the same candles, orders and news through the same stages, in the same
 *  order, with nothing decided and nothing sent. Any prefix of a journal is such a state. */
export function recall(engine: Engine, entries: Iterable<StoredEntry>): Recalled {
  let lastCandle: Candle | undefined;
  let decisions = 0;
  for (const {kind, body} of entries) {
    switch (kind) {
      case 'candle':
      case 'step': {
        const {candle, sentiment} = readCandle(body);
        lastCandle = candle;
        engine.recallCandle(candle, sentiment);
        if (kind === 'step') decisions += 1;
        break;
      }
      case 'order':
        engine.recallOrder(readOrder(body));
        break;
      case 'fill':
        engine.recallNews({kind: 'fill', fill: readFill(body)});
        break;
      case 'report':
        engine.recallNews({kind: 'order', report: readReport(body)});
        break;
      case 'halt':
        engine.recallHalt(readHalt(body));
        break;
      case 'resume':
        engine.recallHalt(undefined);
        break;
      case 'unresolved':
        engine.recallUnresolved(readUnresolved(body));
        break;
      case 'session':
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
