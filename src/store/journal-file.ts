import {lstatSync, mkdirSync, readlinkSync, renameSync, rmSync, statSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {DlTradeError} from '../domain/errors.js';
import {damaged} from './damaged-journal.js';
import {createSchema} from './journal-schema.js';
import {openDatabase} from './open-database.js';

/** File name of the journal inside a state directory. */
export const JOURNAL_FILE = 'journal.sqlite';

/** Whether a journal lies in a directory.
 *  @throws JOURNAL_FAILED where that may not be looked at, which does not mean that there is none */
export function holdsJournal(directory: string): boolean {
  try {
    return statSync(join(directory, JOURNAL_FILE), {throwIfNoEntry: false}) !== undefined;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOTDIR') return false;
    throw notSearchable(directory, cause);
  }
}

/** What to throw for a directory that cannot be looked into. */
export function notSearchable(directory: string, cause: unknown): DlTradeError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new DlTradeError(
    'JOURNAL_FAILED',
    `"${directory}" cannot be searched for a journal (${why}); check its permissions, or ask as the user who runs the strategy`,
    {cause, details: {directory}},
  );
}

/** @throws JOURNAL_FAILED where no journal lies in a directory, or that cannot be known */
export function requireJournal(directory: string): void {
  if (holdsJournal(directory)) return;
  throw new DlTradeError(
    'JOURNAL_FAILED',
    `no journal lies in "${directory}"; name the state directory of a run`,
    {details: {path: join(directory, JOURNAL_FILE)}},
  );
}

/** A journal has its schema before it has its name, so an empty one has lost its lines; SQLite would take it for a new one, and
 *  throw away what its log still holds.
 *  @throws JOURNAL_CORRUPT */
export function requireNotEmpty(path: string): void {
  const found = statSync(path, {throwIfNoEntry: false});
  if (found?.isFile() === true && found.size === 0) throw damaged(path, 'it is empty');
}

/** Makes a journal without lines, and its folder. A process that is killed meanwhile leaves none.
 *  @throws JOURNAL_FAILED where a link stands in its place that leads nowhere; whatever SQLite and the system throw */
export function createJournal(path: string): void {
  requireNoLink(path);
  const unfinished = `${path}.new`;
  const database = openDatabase(unfinished, 'write', () => {
    mkdirSync(dirname(path), {recursive: true});
    for (const part of ['', '-journal']) rmSync(unfinished + part, {force: true});
  });
  try {
    // Synced with that; its name is with the first line that waits for the disk.
    createSchema(database);
  } finally {
    database.close();
  }
  renameSync(unfinished, path);
}

/** What a link leads to may be back tomorrow, with a disk, and hold orders and positions: nothing begins in its place. */
function requireNoLink(path: string): void {
  if (lstatSync(path, {throwIfNoEntry: false})?.isSymbolicLink() !== true) return;
  throw new DlTradeError(
    'JOURNAL_FAILED',
    `journal "${path}" is a link to "${readlinkSync(path)}", where nothing is; mount what belongs there, or name another --state-dir`,
    {details: {path}},
  );
}
