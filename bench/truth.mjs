#!/usr/bin/env node
// The truth tests in full: networks of their own sizes on 20,000 candles. Prints a table; takes the best part of an hour.
//   node bench/truth.mjs
import {spawnSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';

const ROOT = resolve(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'dl-trade-truth-'));
const log = join(folder, 'rows.md');
const {status} = spawnSync(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', 'test/truth'], {
  cwd: ROOT,
  stdio: ['ignore', 2, 2],
  env: {...process.env, DL_TRADE_TRUTH: 'full', DL_TRADE_TRUTH_LOG: log},
});
console.log('| what | network | held-out samples | right | beside it |\n|---|---|---|---|---|');
try {
  process.stdout.write(readFileSync(log, 'utf8'));
} finally {
  rmSync(folder, {recursive: true, force: true});
}
process.exitCode = status ?? 1;
