import {realpath, stat} from 'node:fs/promises';
import {basename, dirname, join, resolve} from 'node:path';
import {DlTradeError} from '../domain/errors.js';

/** Keeps one result from replacing another.
 *  @param outputs paths by the flags that name them; undefined: not given
 *  @throws USAGE where two are the same file */
export async function requireDifferentFiles(
  outputs: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  const flags = new Map<string, string>();
  for (const [flag, path] of Object.entries(outputs)) {
    if (path === undefined || (await isDevice(path))) continue;
    const file = await realPathOf(path);
    const other = flags.get(file);
    if (other !== undefined) {
      throw new DlTradeError(
        'USAGE',
        `${flag} was "${path}", which is the file of ${other} as well; name another one`,
        {details: {flag, other, path}},
      );
    }
    flags.set(file, flag);
  }
}

/** A pipe or /dev/null takes both. */
async function isDevice(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && !found.isFile() && !found.isDirectory();
}

/** Where a file lies or will lie, whatever links lead there. */
async function realPathOf(path: string): Promise<string> {
  return realpath(path).catch(async () => {
    const folder = await realpath(dirname(path)).catch(() => resolve(dirname(path)));
    return join(folder, basename(path));
  });
}
