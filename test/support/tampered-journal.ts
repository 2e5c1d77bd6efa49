import {createRequire} from 'node:module';
import {cpSync} from 'node:fs';
import {join} from 'node:path';
import {Journal} from '../../src/store/journal.js';
import {JOURNAL_FILE} from '../../src/store/journal-file.js';
import type {StoredEntry} from '../../src/store/journal-entry.js';
import {temporaryDirectory} from './temporary-directory.js';

interface RawDatabase {
  exec(sql: string): void;
  prepare(sql: string): {run(...values: unknown[]): void};
  close(): void;
}

/** A journal's file itself, past everything that guards it. */
export function rawJournal(directory: string): RawDatabase {
  const {DatabaseSync} = createRequire(import.meta.url)('@photostructure/sqlite') as {
    DatabaseSync: new (path: string) => RawDatabase;
  };
  return new DatabaseSync(join(directory, JOURNAL_FILE));
}

/** Runs SQL on a journal whose guards are taken off. */
export function tamper(directory: string, sql: string): void {
  const raw = rawJournal(directory);
  raw.exec(
    `DROP TRIGGER IF EXISTS entries_are_never_changed; DROP TRIGGER IF EXISTS entries_are_never_removed; ${sql}`,
  );
  raw.close();
}

/** A copy of a journal with one of its lines changed and the chain forged to fit: only computing it again can tell.
 *  @returns its directory */
export function forgedJournal(directory: string, seq: number, change: (body: string) => string): string {
  const copy = temporaryDirectory();
  cpSync(directory, copy, {recursive: true});
  const reader = Journal.openForReading(copy, {nowMs: () => 0});
  const lines: StoredEntry[] = [...reader.entries()];
  reader.close();
  tamper(copy, 'DELETE FROM entries');
  const journal = Journal.open(copy, {nowMs: () => 0}, 'process');
  for (const {kind, candleMs, body, seq: line} of lines) {
    const written = line === seq ? change(body) : body;
    journal.append([{kind, candleMs, body: JSON.parse(written) as unknown}], {durable: false});
  }
  journal.close();
  return copy;
}
