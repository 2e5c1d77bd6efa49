import {existsSync, renameSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import type {
  DatabaseSyncInstance as DatabaseSync,
  StatementSyncInstance as StatementSync,
} from '@photostructure/sqlite';
import type {Clock} from '../domain/clock.js';
import {DlTradeError} from '../domain/errors.js';
import {damaged, keepAside, requireNoneKept} from './damaged-journal.js';
import {canonicalJson} from './journal-entry.js';
import {JOURNAL_FILE, createJournal, requireJournal, requireNotEmpty} from './journal-file.js';
import type {EntryKind, NewEntry, StoredEntry} from './journal-entry.js';
import {CHAINED_SINCE, SCHEMA_VERSION, linkOf, migrate, requireVersion} from './journal-schema.js';
import type {LinkedRow} from './journal-schema.js';
import {openDatabase, openLogged} from './open-database.js';

/** Lines read at once: a reader holds no transaction between two pages, so that a running strategy can tidy its log. */
const PAGE = 500;

/** What durable lines must outlive: the loss of power, or the death of the process alone, which is enough where the run
 *  can be made again (a simulation, a replay). */
export type Durability = 'power' | 'process';

interface Row extends LinkedRow {
  readonly seq: number;
  readonly kind: EntryKind;
  readonly link: string | null;
}

/** The append-only record of one strategy's life, in an SQLite file: what it saw, decided, sent and got.
 *  One candle has at most one `candle` or `step` entry, whatever restarts: the file itself refuses a second. */
export class Journal {
  readonly #database: DatabaseSync;
  readonly #clock: Clock;
  readonly #path: string;
  readonly #durability: Durability;
  readonly #isChained: boolean;
  readonly #isAsItWas: () => boolean;
  #insert: StatementSync | undefined;
  #link = '';
  #isDurable = false;

  private constructor(
    database: DatabaseSync,
    path: string,
    opened: {
      readonly clock: Clock;
      readonly durability: Durability;
      readonly version: number;
      readonly isAsItWas?: () => boolean;
    },
  ) {
    this.#database = database;
    this.#path = path;
    this.#clock = opened.clock;
    this.#durability = opened.durability;
    this.#isAsItWas = opened.isAsItWas ?? (() => true);
    this.#isChained = opened.version >= CHAINED_SINCE;
  }

  /** Opens the journal of a state directory, or begins one. One of an earlier version is migrated; what it was before stays
   *  beside it as `journal.sqlite.v1`.
   *  @throws JOURNAL_CORRUPT where the file is damaged or no journal: a damaged one is kept aside, unchanged
   *  @throws JOURNAL_FAILED where it cannot be created or was written by a newer version */
  static open(directory: string, clock: Clock, durability: Durability): Journal {
    const path = join(directory, JOURNAL_FILE);
    requireNoneKept(path);
    // Before anything opens it for writing, which would already tidy its log.
    if (existsSync(path)) requireSound(directory, path);
    else begin(path);
    const database = openDatabase(path, 'write');
    try {
      database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;');
      const version = requireVersion(database, path);
      if (version > 0 && version < SCHEMA_VERSION) keepCopy(database, `${path}.v${String(version)}`);
      if (version < SCHEMA_VERSION) migrate(database, version);
      const journal = new Journal(database, path, {clock, durability, version: SCHEMA_VERSION});
      journal.#prepareToAppend();
      return journal;
    } catch (error) {
      database.close();
      throw journalError(error, path, 'written');
    }
  }

  /** Opens an existing journal for reading alone; a running strategy is not disturbed, and an earlier version stays what it is.
   *  @throws JOURNAL_FAILED where there is none, JOURNAL_CORRUPT where it is damaged */
  static openForReading(directory: string, clock: Clock): Journal {
    const path = join(directory, JOURNAL_FILE);
    requireJournal(directory);
    requireNotEmpty(path);
    const {database, isAsItWas} = openLogged(path);
    try {
      const version = requireVersion(database, path);
      if (version === 0) {
        throw new DlTradeError('JOURNAL_FAILED', `journal "${path}" holds nothing yet; start the run again`, {
          details: {path},
        });
      }
      return new Journal(database, path, {clock, durability: 'process', version, isAsItWas});
    } catch (error) {
      database.close();
      throw journalError(error, path, 'read');
    }
  }

  /** Appends lines, all or none. `durable`: for what must not be lost, an order that is about to leave above all; it waits
   *  for the disk where the journal was opened for that. Other lines outlive the death of the process.
   *  @throws JOURNAL_FAILED where the disk is full or gone; nothing is half-written */
  append(entries: readonly NewEntry[], {durable}: {readonly durable: boolean}): void {
    try {
      this.#setSync(durable && this.#durability === 'power');
      const recordedAtMs = this.#clock.nowMs();
      let link = this.#link;
      if (entries.length > 1) this.#database.exec('BEGIN IMMEDIATE');
      for (const {kind, candleMs, body, timing} of entries) {
        const row = {
          ...{kind, candle_ms: candleMs, body: canonicalJson(body)},
          timing: timing === undefined ? null : canonicalJson(timing),
          recorded_at_ms: recordedAtMs,
        };
        link = linkOf(link, row);
        this.#insert!.run(kind, candleMs, row.body, row.timing, recordedAtMs, link);
      }
      if (entries.length > 1) this.#database.exec('COMMIT');
      this.#link = link;
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw journalError(error, this.#path, 'written');
    }
  }

  /** Every line that is there when it is asked for the first one, in the order in which they were written; of the given kinds, or
   *  all. All of them are also checked against their chain.
   *  @throws JOURNAL_CORRUPT at a line that is not what was written */
  *entries(...kinds: readonly EntryKind[]): IterableIterator<StoredEntry> {
    const where = kinds.length === 0 ? '' : `AND kind IN (${kinds.map(() => '?').join(', ')})`;
    const link = this.#isChained ? 'link' : 'NULL AS link';
    let chained = '';
    try {
      const select = this.#database.prepare(
        `SELECT seq, kind, candle_ms, body, timing, recorded_at_ms, ${link} FROM entries
         WHERE seq > ? AND seq <= ? ${where} ORDER BY seq LIMIT ${String(PAGE)}`,
      );
      const {last} = this.#database.prepare('SELECT coalesce(max(seq), 0) AS last FROM entries').get() as {
        last: number;
      };
      for (let after = 0; after < last;) {
        const page = select.all(after, last, ...kinds) as unknown as Row[];
        if (page.length === 0) return;
        for (const row of page) {
          if (kinds.length === 0 && row.link !== null) {
            chained = linkOf(chained, row);
            if (chained !== row.link)
              throw damaged(this.#path, `line ${String(row.seq)} is not what was written`);
          }
          yield storedEntry(row);
        }
        after = page.at(-1)!.seq;
      }
      this.#requireAsItWas();
    } catch (error) {
      this.#requireAsItWas(error);
      throw journalError(error, this.#path, 'read');
    }
  }

  /** Reads every page and every line.
   *  @throws JOURNAL_CORRUPT where one is not what was written */
  requireSound(): void {
    try {
      const verdict = this.#database.prepare('PRAGMA quick_check(1)').get() as {quick_check: string};
      if (verdict.quick_check !== 'ok') throw damaged(this.#path, verdict.quick_check);
    } catch (error) {
      throw journalError(error, this.#path, 'read');
    }
    const lines = this.entries();
    while (lines.next().done !== true);
  }

  /** How many lines there are by now.
   *  @throws JOURNAL_CORRUPT JOURNAL_FAILED */
  get length(): number {
    const {lines} = this.#ask('SELECT count(*) AS lines FROM entries') as {lines: number};
    return lines;
  }

  /** The last line of a kind; undefined where there is none.
   *  @throws JOURNAL_CORRUPT JOURNAL_FAILED */
  last(kind: EntryKind): StoredEntry | undefined {
    const row = this.#ask(
      'SELECT seq, kind, candle_ms, body, recorded_at_ms FROM entries WHERE kind = ? ORDER BY seq DESC LIMIT 1',
      kind,
    );
    return row === undefined ? undefined : storedEntry(row as Row);
  }

  /** Lets the file go, and leaves every line in it: who copies `journal.sqlite` alone has them all. */
  close(): void {
    if (!this.#database.isOpen) return;
    try {
      if (this.#insert !== undefined) this.#database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    } catch {
      // A full disk or a reader in the way: the log beside the file still holds them.
    }
    this.#database.close();
  }

  #ask(question: string, ...values: readonly string[]): unknown {
    try {
      return this.#database.prepare(question).get(...values);
    } catch (error) {
      this.#requireAsItWas(error);
      throw journalError(error, this.#path, 'read');
    }
  }

  /** @throws JOURNAL_FAILED where somebody wrote to it who may, while it was read without a lock */
  #requireAsItWas(cause?: unknown): void {
    if (this.#isAsItWas()) return;
    throw new DlTradeError(
      'JOURNAL_FAILED',
      `journal "${this.#path}" was written to while it was read; ask again, or as the user who runs the strategy`,
      {cause, details: {path: this.#path}},
    );
  }

  #prepareToAppend(): void {
    this.#insert = this.#database.prepare(
      'INSERT INTO entries (kind, candle_ms, body, timing, recorded_at_ms, link) VALUES (?, ?, ?, ?, ?, ?)',
    );
    const last = this.#database.prepare('SELECT link FROM entries ORDER BY seq DESC LIMIT 1').get() as
      {link: string} | undefined;
    this.#link = last?.link ?? '';
  }

  #setSync(durable: boolean): void {
    if (durable === this.#isDurable) return;
    this.#database.exec(`PRAGMA synchronous = ${durable ? 'FULL' : 'NORMAL'}`);
    this.#isDurable = durable;
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

function begin(path: string): void {
  try {
    createJournal(path);
  } catch (error) {
    throw journalError(error, path, 'written');
  }
}

/** What the journal was, whole, before it is migrated. An earlier attempt's copy is of the same journal. */
function keepCopy(database: DatabaseSync, path: string): void {
  const temporary = `${path}.tmp`;
  rmSync(temporary, {force: true});
  database.prepare('VACUUM INTO ?').run(temporary);
  renameSync(temporary, path);
}

/** Reads a journal from end to end before anything writes to it.
 *  @throws JOURNAL_CORRUPT; the journal lies aside then */
function requireSound(directory: string, path: string): void {
  try {
    const journal = Journal.openForReading(directory, {nowMs: () => 0});
    try {
      journal.requireSound();
    } finally {
      journal.close();
    }
  } catch (error) {
    // What else can be wrong shows where it is opened for writing.
    if (!(error instanceof DlTradeError) || error.code !== 'JOURNAL_CORRUPT') return;
    throw damaged(path, String(error.details['why']), keepAside(path), error);
  }
}

function journalError(error: unknown, path: string, what: 'read' | 'written'): DlTradeError {
  if (error instanceof DlTradeError) return error;
  const message = error instanceof Error ? error.message : String(error);
  if (/malformed|not a database|no such (table|column)/i.test(message))
    return damaged(path, message, undefined, error);
  const fix = /full/i.test(message)
    ? 'free some space and start again: nothing was half-written'
    : 'check the folder and its permissions';
  return new DlTradeError('JOURNAL_FAILED', `journal "${path}" could not be ${what} (${message}); ${fix}`, {
    cause: error,
    details: {path},
  });
}
