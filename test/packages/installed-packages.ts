import {spawnSync} from 'node:child_process';
import {mkdirSync, readdirSync, readFileSync, realpathSync, symlinkSync, writeFileSync} from 'node:fs';
import {delimiter, dirname, join} from 'node:path';

/** What a program left behind. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder that a user made, with a PATH of its own. */
export class UserFolder {
  readonly path: string;
  readonly #bin: string;

  /** @param programs what its PATH holds, by name; nothing else is on it */
  constructor(root: string, programs: Readonly<Record<string, string>>) {
    this.path = join(root, 'app');
    this.#bin = join(root, 'bin');
    mkdirSync(this.path, {recursive: true});
    if (process.platform === 'win32') {
      // Links ask for rights there: the folder of Node, and what npm starts scripts with.
      this.#bin = `${dirname(process.execPath)};${process.env['SystemRoot'] ?? 'C:\\Windows'}\\System32`;
      return;
    }
    mkdirSync(this.#bin);
    for (const [name, target] of Object.entries(programs)) symlinkSync(target, join(this.#bin, name));
  }

  write(name: string, text: string): string {
    const file = join(this.path, name);
    writeFileSync(file, text);
    return file;
  }

  /** @param program a path */
  run(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Ended {
    const certificates = process.env['NODE_EXTRA_CA_CERTS'];
    const ended = spawnSync(program, args, {
      cwd: this.path,
      encoding: 'utf8',
      // The network's own certificates are the machine's, not the user's folder's.
      env: {
        PATH: this.#bin,
        HOME: this.path,
        ...(certificates === undefined ? {} : {NODE_EXTRA_CA_CERTS: certificates}),
        ...env,
      },
      maxBuffer: 1 << 26,
    });
    if (ended.error !== undefined) throw ended.error;
    return {code: ended.status, stdout: ended.stdout, stderr: ended.stderr};
  }

  npm(...args: readonly string[]): Ended {
    const quiet = ['--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error'];
    return this.run(process.execPath, [npmCli(), ...args, ...quiet]);
  }
}

/** npm's own program, which the user's PATH need not name. */
export function npmCli(): string {
  const fromNpm = process.env['npm_execpath'];
  if (fromNpm?.endsWith('npm-cli.js') === true) return fromNpm;
  if (process.platform === 'win32') return join(dirname(process.execPath), 'node_modules/npm/bin/npm-cli.js');
  const folder = (process.env['PATH'] ?? '').split(delimiter).find((part) => readdir(part).includes('npm'));
  if (folder === undefined) throw new Error('no npm is on the PATH');
  return realpathSync(join(folder, 'npm'));
}

function readdir(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** The tarballs of `npm run pack:all`, by the names of their packages. */
export function tarballsIn(
  directory: string,
  version: string,
  libtorch: string,
): Readonly<Record<string, string>> {
  const platform = `${process.platform}-${process.arch}`;
  return {
    'dl-trade': join(directory, `dl-trade-${version}.tgz`),
    [`@dl-trade/${platform}`]: join(directory, `dl-trade-${platform}-${version}.tgz`),
    // Windows looks for libraries beside the addon: they are in its package.
    ...(process.platform === 'win32'
      ? {}
      : {
          [`@dl-trade/libtorch-${platform}`]: join(
            directory,
            `dl-trade-libtorch-${platform}-${libtorch}.tgz`,
          ),
        }),
  };
}

export function readJson(file: string): Record<string, unknown> {
  return JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
}
