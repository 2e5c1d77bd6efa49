import {createRequire} from 'node:module';
import type {DatabaseSyncInstance as DatabaseSync} from '@photostructure/sqlite';
import {DlTradeError} from '../domain/errors.js';

// Loaded by require and on first use: the module is native, and most commands never open a journal.
const require = createRequire(import.meta.url);

/** Opens an SQLite file.
 *  @param prepare what has to be there first, such as the folder
 *  @throws JOURNAL_FAILED where it cannot be opened */
export function openDatabase(path: string, mode: 'read' | 'write', prepare?: () => void): DatabaseSync {
  try {
    prepare?.();
    const {DatabaseSync: Database} = require('@photostructure/sqlite') as {
      DatabaseSync: new (path: string, options: {readOnly: boolean; timeout: number}) => DatabaseSync;
    };
    return new Database(path, {readOnly: mode === 'read', timeout: 2000});
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new DlTradeError(
      'JOURNAL_FAILED',
      `"${path}" could not be opened (${why}); check the folder and its permissions`,
      {
        cause: error,
        details: {path},
      },
    );
  }
}
