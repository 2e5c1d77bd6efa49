import {spawnSync} from 'node:child_process';
import {dirname, join} from 'node:path';

/** A failure that the user can mend: printed as one line with its fix, without a stack. */
export class SetupError extends Error {
  /** @param {string} problem what is wrong @param {string} fix what to do */
  constructor(problem, fix) {
    super(`${problem}\n  fix: ${fix}`);
    this.name = 'SetupError';
  }
}

/** Prints one progress line on stderr, so that stdout stays the result of the command that follows. */
export function say(line, who = 'setup') {
  process.stderr.write(`[${who}] ${line}\n`);
}

/** Runs a program with its output going to stderr as it comes.
 *  @param {string} fix printed when it fails */
export function run(program, args, {fix, cwd, env} = {}) {
  const result = spawnSync(program, args, {
    cwd,
    env: {...process.env, ...env},
    stdio: ['ignore', 2, 2],
  });
  if (result.signal !== null) process.exit(130);
  if (result.error !== undefined || result.status !== 0) {
    const why = result.error?.message ?? `it ended with code ${String(result.status)}`;
    throw new SetupError(
      `${program} ${args.slice(0, 3).join(' ')} failed: ${why}`,
      fix ?? 'read the lines above',
    );
  }
}

/** What a program prints, trimmed; undefined where it is missing or fails. */
export function capture(program, args, {cwd, env, timeout = 60_000} = {}) {
  const result = spawnSync(program, args, {
    cwd,
    encoding: 'utf8',
    env: {...process.env, ...env},
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout,
  });
  return result.error === undefined && result.status === 0 ? result.stdout.trim() : undefined;
}

/** The program and first arguments that are npm. On Windows `npm` is a batch file, which only a shell runs; and a shell would read the
 *  arguments anew, so no program is run by one: npm's own script is handed to Node. */
export function npm(platform = process.platform, node = process.execPath) {
  if (platform !== 'win32') return ['npm', []];
  return [node, [join(dirname(node), 'node_modules/npm/bin/npm-cli.js')]];
}

/** As `run`, for npm. */
export function runNpm(args, options) {
  const [program, first] = npm();
  run(program, [...first, ...args], options);
}

/** As `capture`, for npm. */
export function captureNpm(args, options) {
  const [program, first] = npm();
  return capture(program, [...first, ...args], options);
}
