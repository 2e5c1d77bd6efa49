import {spawnSync} from 'node:child_process';
import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The Python that the tests compare with: the one that DL_TRADE_PYTHON names, else the project's own where it has the
 *  modules; undefined where there is neither. One that was named and lacks a module makes its test fail, not skip. */
export function findPython(...modules: readonly string[]): string | undefined {
  const named = process.env['DL_TRADE_PYTHON'];
  if (named !== undefined && named !== '') return named;
  const own = join(ROOT, '.venv/bin/python');
  if (!existsSync(own)) return undefined;
  return spawnSync(own, ['-c', `import ${modules.join(', ')}`], {stdio: 'ignore'}).status === 0
    ? own
    : undefined;
}

/** Runs a script of the repository and gives its stdout.
 *  @throws Error with what it wrote to stderr */
export function runPython(python: string, script: string, ...args: readonly string[]): string {
  const result = spawnSync(python, [join(ROOT, script), ...args], {
    encoding: 'utf8',
    env: {...process.env, PYTHONDONTWRITEBYTECODE: '1'},
    maxBuffer: 1 << 28,
  });
  if (result.status !== 0) throw new Error(`${script} failed: ${result.error?.message ?? result.stderr}`);
  return result.stdout;
}
