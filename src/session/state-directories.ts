import {existsSync, readdirSync} from 'node:fs';
import {join} from 'node:path';
import {JOURNAL_FILE} from '../store/journal.js';
import {StateLock} from '../store/state-lock.js';
import {DEFAULT_STATE_ROOT} from './state-directory.js';

/** How deep below the root runs make their directories: strategy, then run. */
const DEPTH = 2;

/** Every directory below a root that holds a journal, in the order of their names.
 *  @param root by default where runs make their own */
export function listStateDirectories(root: string = DEFAULT_STATE_ROOT): string[] {
  const found: string[] = [];
  const visit = (directory: string, depth: number): void => {
    if (existsSync(join(directory, JOURNAL_FILE))) found.push(directory);
    if (depth === DEPTH) return;
    for (const name of directoriesIn(directory)) visit(join(directory, name), depth + 1);
  };
  visit(root, 0);
  return found;
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
  } catch {
    return [];
  }
}
