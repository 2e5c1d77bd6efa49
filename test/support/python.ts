import {spawnSync} from 'node:child_process';
import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Of DL_TRADE_PYTHON and the project's own virtual environment, the first that can import torch. */
export function findPythonWithTorch(): string | undefined {
  const candidates = [process.env['DL_TRADE_PYTHON'], join(ROOT, '.venv', 'bin', 'python')];
  return candidates.find(
    (candidate) =>
      candidate !== undefined
      && (existsSync(candidate) || !candidate.includes('/'))
      && spawnSync(candidate, ['-c', 'import torch'], {stdio: 'ignore'}).status === 0,
  );
}

/** Runs a script of the repository and gives its stdout. */
export function runPython(python: string, script: string, ...args: readonly string[]): string {
  const result = spawnSync(python, [join(ROOT, script), ...args], {
    encoding: 'utf8',
    env: {...process.env, PYTHONDONTWRITEBYTECODE: '1'},
  });
  if (result.status !== 0) throw new Error(`${script} failed: ${result.error?.message ?? result.stderr}`);
  return result.stdout;
}
