import {existsSync, readdirSync} from 'node:fs';
import {basename, dirname, join} from 'node:path';
import {SetupError, capture} from '../setup/run.mjs';

/** What a library says that it needs, by file name. */
function neededBy(library) {
  if (process.platform === 'darwin') {
    const printed = capture('otool', ['-L', library]);
    if (printed === undefined) throw new SetupError('otool failed', 'xcode-select --install');
    return [...printed.matchAll(/^\s+(\S+) \(/gm)].map(([, path]) => basename(path));
  }
  const printed = capture('readelf', ['--dynamic', '--wide', library]);
  if (printed === undefined) throw new SetupError('readelf failed', 'sudo apt-get install -y binutils');
  return [...printed.matchAll(/\(NEEDED\).*\[(.+)\]/g)].map(([, name]) => name);
}

/** The libraries that an addon needs, directly or through others, as far as LibTorch brings them; the system has the rest.
 *  @param {string} addon @param {string} libtorch directory with lib/
 *  @returns {string[]} paths, sorted by name */
export function bundledLibraries(addon, libtorch) {
  const directory = join(libtorch, 'lib');
  // Where a wheel keeps what it was given beside its own.
  const directories = [directory, join(dirname(libtorch), 'torch.libs')];
  // On Windows no tool that tells is always there: every library that is not Python's or for tests.
  if (process.platform === 'win32') {
    return readdirSync(directory)
      .filter((name) => name.endsWith('.dll') && !/python|test|shm|global_deps/i.test(name))
      .map((name) => join(directory, name));
  }
  const found = new Map();
  const open = [addon];
  while (open.length > 0) {
    for (const name of neededBy(open.pop())) {
      const path = directories.map((place) => join(place, name)).find((file) => existsSync(file));
      if (found.has(name) || path === undefined) continue;
      found.set(name, path);
      open.push(path);
    }
  }
  return [...found.keys()].sort().map((name) => found.get(name));
}
