import {createRequire} from 'node:module';
import {statSync} from 'node:fs';
import {resolve} from 'node:path';
import {pathToFileURL} from 'node:url';
import type {DatabaseSyncInstance as DatabaseSync} from '@photostructure/sqlite';
import {DlTradeError} from '../domain/errors.js';

// Loaded by require and on first use: the module is native, and most commands never open a journal.
const require = createRequire(import.meta.url);

/** SQLite's codes where it may not make the files that it wants beside one with a log. */
const READONLY = 8;
const CANTOPEN = 14;

/** Opens an SQLite file.
 *  @param prepare what has to be there first, such as the folder
 *  @throws JOURNAL_FAILED where it cannot be opened */
export function openDatabase(path: string, mode: 'read' | 'write', prepare?: () => void): DatabaseSync {
  try {
    prepare?.();
    return connect(path, mode);
  } catch (error) {
    throw notOpened(path, error);
  }
}

/** An SQLite file that is open for reading. */
export interface OpenForReading {
  readonly database: DatabaseSync;
  /** False where the file has been written to since it was opened without a lock: what was read of it may be half of each. */
  readonly isAsItWas: () => boolean;
}

/** Opens an SQLite file with a log for reading, and leaves nothing beside it, where nothing may be made either: in the folder of another
 *  user, or on a disk that is read-only.
 *  @throws JOURNAL_FAILED where it cannot be opened */
export function openLogged(path: string): OpenForReading {
  try {
    const before = changeOf(path);
    if (!holdsLines(`${path}-wal`))
      return {database: openSettled(path), isAsItWas: () => changeOf(path) === before};
  } catch (error) {
    throw notOpened(path, error);
  }
  const database = openDatabase(path, 'read');
  try {
    database.prepare('PRAGMA user_version').get();
  } catch (error) {
    // Whatever else is wrong shows where it is read.
    if (isRefusedBeside(error)) {
      database.close();
      throw notWithoutLog(path, error);
    }
  }
  return {database, isAsItWas: () => true};
}

/** A file whose log is empty holds every line itself and is read as it lies, without a log or a lock: whoever opens it otherwise makes
 *  files beside it, which are in the way of its owner where they are somebody else's. */
function openSettled(path: string): DatabaseSync {
  return connect(`${pathToFileURL(resolve(path)).href}?immutable=1`, 'read');
}

function holdsLines(log: string): boolean {
  return (statSync(log, {throwIfNoEntry: false})?.size ?? 0) > 0;
}

function notWithoutLog(path: string, cause: unknown): DlTradeError {
  return new DlTradeError(
    'JOURNAL_FAILED',
    `"${path}" holds lines in its log that cannot be read where nothing can be made beside it; copy ${path} and ${path}-wal to a folder of `
      + 'your own, or ask as the user who runs the strategy',
    {cause, details: {path}},
  );
}

function changeOf(path: string): string {
  const {ino, size, mtimeNs} = statSync(path, {bigint: true});
  return [ino, size, mtimeNs].join();
}

function connect(place: string, mode: 'read' | 'write'): DatabaseSync {
  const {DatabaseSync: Database} = require('@photostructure/sqlite') as {
    DatabaseSync: new (path: string, options: {readOnly: boolean; timeout: number}) => DatabaseSync;
  };
  return new Database(place, {readOnly: mode === 'read', timeout: 2000});
}

function isRefusedBeside(error: unknown): boolean {
  const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : undefined;
  return code === READONLY || code === CANTOPEN;
}

function notOpened(path: string, cause: unknown): DlTradeError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new DlTradeError(
    'JOURNAL_FAILED',
    `"${path}" could not be opened (${why}); check the folder and its permissions`,
    {cause, details: {path}},
  );
}
