import {join} from 'node:path';
import {DlTradeError} from '../domain/errors.js';
import {Journal} from '../store/journal.js';
import {StateLock} from '../store/state-lock.js';
import type {RunIdentity} from './run-identity.js';

/** The journal that a backtest writes, as a run on the same candles would. */
export interface BacktestJournal {
  readonly directory: string;
  readonly journal: Journal;
  /** Writes the last line: the run is over. */
  end(): void;
  close(): void;
}

/** Begins the journal of a backtest in a directory that holds none yet: a record is never continued by another.
 *  @throws STATE_MISMATCH where there is one, STATE_LOCKED JOURNAL_FAILED JOURNAL_CORRUPT */
export function beginBacktestJournal(directory: string, identity: RunIdentity): BacktestJournal {
  const lock = StateLock.acquire(directory, {pid: process.pid});
  try {
    const journal = Journal.open(directory, {nowMs: () => Date.now()}, 'process');
    try {
      if (journal.last('session') !== undefined) {
        throw new DlTradeError(
          'STATE_MISMATCH',
          `state directory "${directory}" holds the journal of a run; name a fresh --state-dir`,
          {details: {directory}},
        );
      }
      journal.append([{kind: 'session', candleMs: null, body: identity}], {durable: true});
    } catch (error) {
      journal.close();
      throw error;
    }
    return {
      directory,
      journal,
      end: () => {
        journal.append([{kind: 'end', candleMs: null, body: {}}], {durable: true});
      },
      close: () => {
        journal.close();
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Where the journal of one symbol lies: the directory itself where there is one symbol, else one below it. */
export function journalDirectory(directory: string, symbol: string, symbols: number): string {
  return symbols === 1 ? directory : join(directory, symbol.replaceAll(/[^A-Za-z0-9]+/g, '-'));
}
