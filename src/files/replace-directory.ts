import {mkdir, rename, rm, stat} from 'node:fs/promises';
import {basename, dirname, join} from 'node:path';
import {syncDirectory, temporaryBeside} from './atomic-file.js';
import {outputFailed} from './file-errors.js';

/** Replaces a directory as a whole: filled beside its target, then renamed. No system call swaps two directories, so the old one
 *  steps aside first; a crash between the two renames leaves it where `standingDirectory` finds it. A reader therefore
 *  sees the old content or the new.
 *  @param fill writes the files into the directory that it is given
 *  @throws OUTPUT_FAILED; the old directory is untouched then. What `fill` throws passes through */
export async function replaceDirectory(
  path: string,
  fill: (temporary: string) => Promise<void>,
): Promise<void> {
  const temporary = temporaryBeside(path);
  const aside = asideOf(path);
  try {
    await mkdir(dirname(path), {recursive: true});
    await mkdir(temporary);
    await fill(temporary);
    await syncDirectory(temporary);
    if (await isDirectory(path)) {
      await rm(aside, {recursive: true, force: true});
      await rename(path, aside);
    }
    await rename(temporary, path);
    await syncDirectory(dirname(path));
    await rm(aside, {recursive: true, force: true});
  } catch (cause) {
    await rm(temporary, {recursive: true, force: true});
    throw outputFailed(path, cause);
  }
}

/** Where the content of a directory stands that `replaceDirectory` may have been replacing when the machine went down.
 *  @returns the path itself, the old directory that stepped aside, or `undefined` where there is neither */
export async function standingDirectory(path: string): Promise<string | undefined> {
  if (await isDirectory(path)) return path;
  return (await isDirectory(asideOf(path))) ? asideOf(path) : undefined;
}

/** The name under which a directory steps aside, and back: `.lstm.old` for `lstm`. */
export function asideOf(path: string): string {
  return join(dirname(path), `.${basename(path)}.old`);
}

async function isDirectory(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() === true;
}
