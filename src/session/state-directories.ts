import {readdirSync} from 'node:fs';
import {join} from 'node:path';
import {DlTradeError} from '../domain/errors.js';
import {holdsJournal, notSearchable} from '../store/journal-file.js';
import {StateLock} from '../store/state-lock.js';
import {DEFAULT_STATE_ROOT} from './state-directory.js';

/** How deep below the root runs make their directories: strategy, then run. */
const DEPTH = 2;

/** Directories below a root. */
export interface StateDirectories {
  /** Those that hold a journal, in the order of their names. */
  readonly found: readonly string[];
  /** Those that may not be looked into, which does not mean that nothing is there. */
  readonly unreadable: readonly {readonly directory: string; readonly error: DlTradeError}[];
}

/** Looks for every directory below a root that holds a journal.
 *  @param root by default where runs make their own */
export function listStateDirectories(root: string = DEFAULT_STATE_ROOT): StateDirectories {
  const found: string[] = [];
  const unreadable: {directory: string; error: DlTradeError}[] = [];
  const visit = (directory: string, depth: number): void => {
    let isFound = false;
    try {
      isFound = holdsJournal(directory);
      if (isFound) found.push(directory);
      if (depth === DEPTH) return;
      for (const name of directoriesIn(directory)) visit(join(directory, name), depth + 1);
    } catch (error) {
      if (!(error instanceof DlTradeError)) throw error;
      // Its own strategy is known; runs make none below another's directory.
      if (!isFound) unreadable.push({directory, error});
    }
  };
  visit(root, 0);
  return {found, unreadable};
}

/** The process that runs in a state directory.
 *  @returns undefined where none does; a pid where it says one */
export function runningIn(directory: string): {readonly pid: number | undefined} | undefined {
  return StateLock.holderOf(directory);
}

function directoriesIn(directory: string): string[] {
  try {
    return readdirSync(directory, {withFileTypes: true})
      .filter((entry) => entry.isDirectory())
      .map(({name}) => name)
      .sort();
  } catch (cause) {
    // One that is not there, or went a moment ago.
    if (['ENOENT', 'ENOTDIR'].includes((cause as NodeJS.ErrnoException).code ?? '')) return [];
    throw notSearchable(directory, cause);
  }
}
