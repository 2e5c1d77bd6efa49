import {execFileSync} from 'node:child_process';
import {existsSync} from 'node:fs';
import {join, resolve} from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');

/** A Python that has the reference's packages: the one named by DL_TRADE_PYTHON, else the project's own. */
export function referencePython(): string | undefined {
  const named = process.env['DL_TRADE_PYTHON'];
  // A Python that was asked for and fails is a failure, not a reason to skip.
  if (named !== undefined && named !== '') return named;
  const own = join(ROOT, '.venv/bin/python');
  if (!existsSync(own)) return undefined;
  try {
    execFileSync(own, ['-c', 'import numpy, pandas, statsmodels, pandas_market_calendars'], {
      stdio: 'ignore',
    });
    return own;
  } catch {
    return undefined;
  }
}

/** Runs a script of tools/reference and returns what it printed. */
export function runReference(python: string, script: string, args: readonly string[]): string {
  return execFileSync(python, [join(ROOT, 'tools/reference', script), ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}
