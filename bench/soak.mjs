#!/usr/bin/env node
// The soak: the built command trades at a loopback exchange that misbehaves at random, is killed at random and between the steps of the
// order protocol, and starts again, many lives to a run; then the run settles, and its journal is compared with what really happened at
// the exchange. Prints a line a run and a table; ends with 1 where anything was broken.
//   npm run build && node bench/soak.mjs --minutes 20 --seed 1 --jobs 2
//   node bench/soak.mjs --keep        leaves the state directories of broken runs
//   node bench/soak.mjs --mutants     builds with known defects in their place: each must be noticed
import {spawnSync} from 'node:child_process';
import {resolve} from 'node:path';

const {status} = spawnSync(
  process.execPath,
  ['--import', './test/support/typescript-hooks.mjs', 'test/support/soak/soak.ts', ...process.argv.slice(2)],
  {cwd: resolve(import.meta.dirname, '..'), stdio: 'inherit'},
);
process.exitCode = status ?? 1;
