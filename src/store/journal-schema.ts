import {createHash} from 'node:crypto';
import type {DatabaseSyncInstance as DatabaseSync} from '@photostructure/sqlite';
import {DlTradeError} from '../domain/errors.js';

/** What a line's link in the chain is computed from: everything that the line says. */
export interface LinkedRow {
  readonly kind: string;
  readonly candle_ms: number | null;
  readonly body: string;
  readonly timing: string | null;
  readonly recorded_at_ms: number;
}

/** One step from a version of the schema to the next; all that are missing run in one transaction. */
interface Migration {
  readonly to: number;
  readonly apply: (database: DatabaseSync) => void;
}

const MIGRATIONS: readonly Migration[] = [
  {to: 1, apply: createEntries},
  {to: 2, apply: addChain},
];

/** Version of the schema that this code writes. It reads every earlier one as well. */
export const SCHEMA_VERSION = MIGRATIONS.length;

/** First version whose lines are chained. */
export const CHAINED_SINCE = 2;

const APPEND_ONLY = `
  CREATE UNIQUE INDEX one_entry_per_candle ON entries (candle_ms) WHERE kind IN ('candle', 'step');
  CREATE TRIGGER entries_are_never_changed BEFORE UPDATE ON entries BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
  CREATE TRIGGER entries_are_never_removed BEFORE DELETE ON entries BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
`;

const CHAINED_ENTRIES = `
  CREATE TABLE entries (
    seq INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    candle_ms INTEGER,
    body TEXT NOT NULL,
    timing TEXT,
    recorded_at_ms INTEGER NOT NULL,
    link TEXT NOT NULL
  ) STRICT;
`;

/** The hash of a line and of every line before it: one changed byte breaks the chain there.
 *  @param before link of the line before, empty for the first
 *  @returns sha256, hex */
export function linkOf(before: string, {kind, candle_ms, body, timing, recorded_at_ms}: LinkedRow): string {
  const line = JSON.stringify([before, kind, candle_ms, body, timing, recorded_at_ms]);
  return createHash('sha256').update(line).digest('hex');
}

/** @returns the version of a database's schema; 0 for an empty one
 *  @throws JOURNAL_FAILED where it is a database of something else, or a newer version wrote it */
export function requireVersion(database: DatabaseSync, path: string): number {
  const {user_version: version} = database.prepare('PRAGMA user_version').get() as {user_version: number};
  const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all() as {
    name: string;
  }[];
  if (version > SCHEMA_VERSION) {
    throw new DlTradeError(
      'JOURNAL_FAILED',
      `journal "${path}" has schema ${version}, this version reads up to ${SCHEMA_VERSION}; update dl-trade`,
      {details: {path, version}},
    );
  }
  if (version === 0 ? tables.length === 0 : tables.some(({name}) => name === 'entries')) return version;
  throw new DlTradeError(
    'JOURNAL_FAILED',
    `"${path}" is no journal of dl-trade; move it away or name another --state-dir`,
    {details: {path, version}},
  );
}

/** Brings a journal to this version: all steps or none. */
export function migrate(database: DatabaseSync, from: number): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    for (const {to, apply} of MIGRATIONS) if (to > from) apply(database);
    database.exec(`PRAGMA user_version = ${String(SCHEMA_VERSION)}; COMMIT;`);
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

/** Gives an empty database the schema of this version. Leaves no statement behind, so that closing it closes its file: SQLite goes
 *  by the file and not by its name, and a renamed one must not be open under the old name any more. */
export function createSchema(database: DatabaseSync): void {
  database.exec(`
    BEGIN IMMEDIATE;
    ${CHAINED_ENTRIES}
    ${APPEND_ONLY}
    PRAGMA user_version = ${String(SCHEMA_VERSION)};
    COMMIT;
  `);
}

function createEntries(database: DatabaseSync): void {
  database.exec(`
    CREATE TABLE entries (
      seq INTEGER PRIMARY KEY,
      kind TEXT NOT NULL CHECK (kind IN ('session', 'candle', 'step', 'order', 'report', 'fill', 'end')),
      candle_ms INTEGER,
      body TEXT NOT NULL,
      timing TEXT,
      recorded_at_ms INTEGER NOT NULL
    ) STRICT;
    ${APPEND_ONLY}
  `);
}

/** Chains the lines, and leaves it to the code which kinds there are: a new one needs no new table. */
function addChain(database: DatabaseSync): void {
  database.exec(`ALTER TABLE entries RENAME TO entries_1; ${CHAINED_ENTRIES}`);
  const insert = database.prepare('INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?)');
  const lines = database
    .prepare('SELECT seq, kind, candle_ms, body, timing, recorded_at_ms FROM entries_1 ORDER BY seq')
    .iterate();
  let link = '';
  for (const line of lines) {
    const row = line as LinkedRow & {seq: number};
    link = linkOf(link, row);
    insert.run(row.seq, row.kind, row.candle_ms, row.body, row.timing, row.recorded_at_ms, link);
  }
  // Its index and triggers go with the table.
  database.exec(`DROP TABLE entries_1; ${APPEND_ONLY}`);
}
