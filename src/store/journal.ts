import {existsSync, mkdirSync} from 'node:fs';
import {join} from 'node:path';
import type {
  DatabaseSyncInstance as DatabaseSync,
  StatementSyncInstance as StatementSync,
} from '@photostructure/sqlite';
import type {Clock} from '../domain/clock.js';
import {DlTradeError} from '../domain/errors.js';
import {canonicalJson} from './journal-entry.js';
import type {EntryKind, NewEntry, StoredEntry} from './journal-entry.js';
import {openDatabase} from './open-database.js';

/** File name of the journal inside a state directory. */
export const JOURNAL_FILE = 'journal.sqlite';

const SCHEMA_VERSION = 1;

const SCHEMA = `
  CREATE TABLE entries (
    seq INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('session', 'candle', 'step', 'order', 'report', 'fill', 'end')),
    candle_ms INTEGER,
    body TEXT NOT NULL,
    timing TEXT,
    recorded_at_ms INTEGER NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX one_entry_per_candle ON entries (candle_ms) WHERE kind IN ('candle', 'step');
  CREATE TRIGGER entries_are_never_changed BEFORE UPDATE ON entries BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
  CREATE TRIGGER entries_are_never_removed BEFORE DELETE ON entries BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
  PRAGMA user_version = ${String(SCHEMA_VERSION)};
`;

/** What durable lines must outlive: the loss of power, or the death of the process alone, which is enough where the run
 *  can be made again (a simulation, a replay). */
export type Durability = 'power' | 'process';

interface Row {
  readonly seq: number;
  readonly kind: EntryKind;
  readonly candle_ms: number | null;
  readonly body: string;
  readonly recorded_at_ms: number;
}

/** The append-only record of one strategy's life, in an SQLite file: what it saw, decided, sent and got.
 *  One candle has at most one `candle` or `step` entry, whatever restarts: the file itself refuses a second. */
export class Journal {
  readonly #database: DatabaseSync;
  readonly #clock: Clock;
  readonly #insert: StatementSync;
  readonly #path: string;
  readonly #durability: Durability;
  #isDurable = false;

  private constructor(database: DatabaseSync, path: string, clock: Clock, durability: Durability) {
    this.#database = database;
    this.#path = path;
    this.#clock = clock;
    this.#durability = durability;
    this.#insert = database.prepare(
      'INSERT INTO entries (kind, candle_ms, body, timing, recorded_at_ms) VALUES (?, ?, ?, ?, ?)',
    );
  }

  /** Opens the journal of a state directory, or begins one.
   *  @throws JOURNAL_CORRUPT where the file is damaged or no journal; it is left as it is
   *  @throws JOURNAL_FAILED where it cannot be created or was written by a newer version */
  static open(directory: string, clock: Clock, durability: Durability): Journal {
    const path = join(directory, JOURNAL_FILE);
    const database = openDatabase(path, 'write', () => {
      mkdirSync(directory, {recursive: true});
    });
    try {
      database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;');
      const version = (database.prepare('PRAGMA user_version').get() as {user_version: number}).user_version;
      if (version === 0) database.exec(`BEGIN IMMEDIATE; ${SCHEMA} COMMIT;`);
      else requireVersion(version, path);
      requireSound(database, path);
    } catch (error) {
      database.close();
      throw journalError(error, path);
    }
    return new Journal(database, path, clock, durability);
  }

  /** Opens an existing journal for reading alone; a running strategy is not disturbed.
   *  @throws JOURNAL_FAILED where there is none, JOURNAL_CORRUPT where it is damaged */
  static openForReading(directory: string, clock: Clock): Journal {
    const path = join(directory, JOURNAL_FILE);
    if (!existsSync(path)) {
      throw new DlTradeError(
        'JOURNAL_FAILED',
        `no journal lies in "${directory}"; name the state directory of a run`,
        {
          details: {path},
        },
      );
    }
    const database = openDatabase(path, 'read');
    try {
      requireVersion(
        (database.prepare('PRAGMA user_version').get() as {user_version: number}).user_version,
        path,
      );
      return new Journal(database, path, clock, 'process');
    } catch (error) {
      database.close();
      throw journalError(error, path);
    }
  }

  /** Appends lines, all or none. `durable`: for what must not be lost, an order that is about to leave above all; it waits
   *  for the disk where the journal was opened for that. Other lines outlive the death of the process.
   *  @throws JOURNAL_FAILED where the disk is full or gone; nothing is half-written */
  append(entries: readonly NewEntry[], {durable}: {readonly durable: boolean}): void {
    try {
      this.#setSync(durable && this.#durability === 'power');
      const recordedAtMs = this.#clock.nowMs();
      if (entries.length > 1) this.#database.exec('BEGIN IMMEDIATE');
      for (const {kind, candleMs, body, timing} of entries) {
        this.#insert.run(
          kind,
          candleMs,
          canonicalJson(body),
          timing === undefined ? null : canonicalJson(timing),
          recordedAtMs,
        );
      }
      if (entries.length > 1) this.#database.exec('COMMIT');
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw journalError(error, this.#path);
    }
  }

  #setSync(durable: boolean): void {
    if (durable === this.#isDurable) return;
    this.#database.exec(`PRAGMA synchronous = ${durable ? 'FULL' : 'NORMAL'}`);
    this.#isDurable = durable;
  }

  /** Every line in the order in which it was written; of the given kinds, or all. */
  *entries(...kinds: readonly EntryKind[]): IterableIterator<StoredEntry> {
    const where = kinds.length === 0 ? '' : `WHERE kind IN (${kinds.map(() => '?').join(', ')})`;
    const select = this.#database.prepare(
      `SELECT seq, kind, candle_ms, body, recorded_at_ms FROM entries ${where} ORDER BY seq`,
    );
    try {
      for (const row of select.iterate(...kinds)) yield storedEntry(row as Row);
    } catch (error) {
      throw journalError(error, this.#path);
    }
  }

  /** The last line of a kind; undefined where there is none. */
  last(kind: EntryKind): StoredEntry | undefined {
    const row: unknown = this.#database
      .prepare(
        'SELECT seq, kind, candle_ms, body, recorded_at_ms FROM entries WHERE kind = ? ORDER BY seq DESC LIMIT 1',
      )
      .get(kind);
    return row === undefined ? undefined : storedEntry(row as Row);
  }

  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }
}

function storedEntry(row: Row): StoredEntry {
  return {
    seq: row.seq,
    kind: row.kind,
    candleMs: row.candle_ms,
    body: row.body,
    recordedAtMs: row.recorded_at_ms,
  };
}

function requireVersion(version: number, path: string): void {
  if (version === SCHEMA_VERSION) return;
  throw new DlTradeError(
    version > SCHEMA_VERSION ? 'JOURNAL_FAILED' : 'JOURNAL_CORRUPT',
    version > SCHEMA_VERSION
      ? `journal "${path}" has schema ${version}, this version reads up to ${SCHEMA_VERSION}; update dl-trade`
      : `"${path}" is no journal of dl-trade; move it away or name another --state-dir`,
    {details: {path, version}},
  );
}

function requireSound(database: DatabaseSync, path: string): void {
  const verdict = database.prepare('PRAGMA quick_check(1)').get() as {quick_check: string};
  if (verdict.quick_check === 'ok') return;
  throw new DlTradeError(
    'JOURNAL_CORRUPT',
    `journal "${path}" is damaged (${verdict.quick_check}); it was left as it is: keep a copy and name another --state-dir`,
    {details: {path}},
  );
}

function journalError(error: unknown, path: string): DlTradeError {
  if (error instanceof DlTradeError) return error;
  const message = error instanceof Error ? error.message : String(error);
  if (/malformed|not a database|no such table/i.test(message)) {
    return new DlTradeError(
      'JOURNAL_CORRUPT',
      `journal "${path}" is damaged (${message}); it was left as it is: keep a copy and name another --state-dir`,
      {cause: error, details: {path}},
    );
  }
  const fix = /full/i.test(message)
    ? 'free some space and start again: nothing was half-written'
    : 'check the folder and its permissions';
  return new DlTradeError('JOURNAL_FAILED', `journal "${path}" could not be written (${message}); ${fix}`, {
    cause: error,
    details: {path},
  });
}
