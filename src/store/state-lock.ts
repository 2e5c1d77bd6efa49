import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import type {DatabaseSyncInstance as DatabaseSync} from '@photostructure/sqlite';
import {DlTradeError} from '../domain/errors.js';
import {openDatabase} from './open-database.js';

const LOCK_FILE = 'lock.sqlite';
const OWNER_FILE = 'owner.json';

/** Keeps a second process out of a state directory. The lock is the operating system's, held through SQLite: it goes
 *  with the process however that ends, so there is no stale lock to clear after a `kill -9`. */
export class StateLock {
  // A lock that nobody refers to would be collected, and its file closed, while its holder still trades.
  static readonly #held = new Set<StateLock>();
  readonly #database: DatabaseSync;

  private constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** @throws STATE_LOCKED where another process holds the directory, JOURNAL_FAILED where it cannot be written */
  static acquire(directory: string, owner: {readonly pid: number}): StateLock {
    const database = openDatabase(join(directory, LOCK_FILE), 'write', () => {
      mkdirSync(directory, {recursive: true});
    });
    try {
      database.exec('PRAGMA busy_timeout = 200; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE;');
      writeFileSync(join(directory, OWNER_FILE), JSON.stringify(owner));
    } catch (error) {
      database.close();
      throw lockError(error, directory);
    }
    const lock = new StateLock(database);
    StateLock.#held.add(lock);
    return lock;
  }

  /** Asks who holds a directory, and disturbs neither the holder nor, for longer than a moment, one that is about to.
   *  @returns undefined where nobody does */
  static holderOf(directory: string): {readonly pid: number | undefined} | undefined {
    const path = join(directory, LOCK_FILE);
    if (!existsSync(path)) return undefined;
    const database = openDatabase(path, 'read');
    try {
      database.exec('PRAGMA busy_timeout = 0; SELECT count(*) FROM sqlite_master;');
      return undefined;
    } catch (error) {
      if (!/locked|busy/i.test(String(error))) return undefined;
      return {pid: readOwner(directory)};
    } finally {
      database.close();
    }
  }

  release(): void {
    StateLock.#held.delete(this);
    if (this.#database.isOpen) this.#database.close();
  }
}

function lockError(error: unknown, directory: string): DlTradeError {
  const why = error instanceof Error ? error.message : String(error);
  if (!/locked|busy/i.test(why)) {
    return new DlTradeError(
      'JOURNAL_FAILED',
      `state directory "${directory}" cannot be locked (${why}); check its permissions and space`,
      {
        cause: error,
        details: {directory},
      },
    );
  }
  return new DlTradeError(
    'STATE_LOCKED',
    `state directory "${directory}" is in use by ${ownerOf(directory)}; stop it, or name another --state-dir`,
    {cause: error, details: {directory}},
  );
}

function ownerOf(directory: string): string {
  const pid = readOwner(directory);
  return pid === undefined ? 'another process' : `process ${pid}`;
}

function readOwner(directory: string): number | undefined {
  try {
    const owner = JSON.parse(readFileSync(join(directory, OWNER_FILE), 'utf8')) as {pid?: unknown};
    return typeof owner.pid === 'number' ? owner.pid : undefined;
  } catch {
    return undefined;
  }
}
