import {existsSync, readdirSync, renameSync} from 'node:fs';
import {basename, dirname, join} from 'node:path';
import {DlTradeError} from '../domain/errors.js';

/** The files that SQLite keeps of one database: the log may hold lines that the database does not hold yet. */
const PARTS = ['', '-wal', '-shm'];

/** Takes a damaged journal out of the way, unchanged, so that nothing writes to it any more.
 *  @returns where it lies now */
export function keepAside(path: string): string {
  let number = 1;
  while (existsSync(`${path}.damaged-${String(number)}`)) number += 1;
  const kept = `${path}.damaged-${String(number)}`;
  for (const part of PARTS) if (existsSync(path + part)) renameSync(path + part, kept + part);
  return kept;
}

/** A state directory whose journal was damaged is not begun anew: what the journal knew of orders and positions may still be so.
 *  @throws JOURNAL_CORRUPT where a damaged journal was kept and no other one lies there */
export function requireNoneKept(path: string): void {
  const directory = dirname(path);
  if (existsSync(path) || !existsSync(directory)) return;
  const kept = readdirSync(directory).find((name) => name.startsWith(`${basename(path)}.damaged-`));
  if (kept === undefined) return;
  throw new DlTradeError(
    'JOURNAL_CORRUPT',
    `"${join(directory, kept)}" is a damaged journal that was kept in this state directory, so nothing begins here; check the `
      + 'account for orders and positions that it knew of, then name a fresh --state-dir',
    {details: {path: join(directory, kept)}},
  );
}

/** What to throw for a journal that is damaged.
 *  @param kept where it was moved to; undefined where it was only read */
export function damaged(path: string, why: string, kept?: string, cause?: unknown): DlTradeError {
  const where =
    kept === undefined
      ? 'it was left as it is'
      : `it was kept unchanged as "${kept}", and nothing was traded`;
  return new DlTradeError(
    'JOURNAL_CORRUPT',
    `journal "${path}" is damaged (${why}); ${where}; check the account for orders and positions that it knew of, then name a `
      + 'fresh --state-dir',
    {cause, details: {path, why, ...(kept === undefined ? {} : {kept})}},
  );
}
