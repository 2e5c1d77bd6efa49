import {spawnSync} from 'node:child_process';
import {existsSync, mkdirSync, readFileSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import {llvmTool} from './clang.mjs';
import {coverageOf} from './statistics.mjs';

/** Runs a program whose output goes to stderr where it fails, and is given back where it does not.
 *  @throws Error */
export function quietly(program, args, options = {}) {
  const result = spawnSync(program, args, {encoding: 'utf8', maxBuffer: 1 << 28, ...options});
  if (result.error !== undefined) throw result.error;
  if (result.status === 0) return result.stdout;
  process.stderr.write(`${result.stdout}${result.stderr}`);
  throw new Error(`${program} ended with ${result.signal ?? `code ${result.status}`}`);
}

/** Builds checkpoint_fuzzer and gives its path. */
export function buildFuzzer(root, clang, {folder, flags = []}) {
  const directory = join(root, folder);
  const cache = join(directory, 'CMakeCache.txt');
  // CMake keeps to the compiler that it saw first.
  if (existsSync(cache) && !readFileSync(cache, 'utf8').includes(clang.program))
    rmSync(directory, {recursive: true});
  const compiler = `-DCMAKE_CXX_COMPILER=${clang.program}`;
  quietly('cmake', [
    ...['-S', join(root, 'native/test'), '-B', directory],
    ...[compiler, '-DDL_TRADE_LIBFUZZER=ON', '-DCMAKE_BUILD_TYPE=None', ...flags],
    `-DDL_TRADE_WERROR=${process.env.DL_TRADE_WERROR ?? 'OFF'}`,
  ]);
  quietly('cmake', ['--build', directory, '--target', 'checkpoint_fuzzer', '--parallel', '2']);
  return join(directory, 'checkpoint_fuzzer');
}

/** Runs the corpus once through a build that counts lines, without sanitizers.
 *  @returns what of native/core/checkpoint it reaches; undefined where LLVM's tools are not installed */
export function measureCoverage(root, clang, corpora) {
  const [merge, cov] = ['llvm-profdata', 'llvm-cov'].map((name) => llvmTool(name, clang));
  if (merge === undefined || cov === undefined) return undefined;
  const program = buildFuzzer(root, clang, {
    folder: 'build/fuzz/coverage-build',
    flags: ['-DDL_TRADE_SANITIZE=OFF', '-DCMAKE_CXX_FLAGS=-fprofile-instr-generate -fcoverage-mapping'],
  });
  const profiles = join(root, 'build/fuzz/profiles');
  rmSync(profiles, {recursive: true, force: true});
  mkdirSync(profiles);
  const raw = join(profiles, 'run.profraw');
  quietly(program, ['-runs=0', '-max_len=65536', ...corpora], {
    env: {...process.env, LLVM_PROFILE_FILE: raw},
  });
  quietly(merge, ['merge', '-sparse', raw, '-o', join(profiles, 'run.profdata')]);
  const report = quietly(cov, [
    ...['export', '-summary-only', program],
    `-instr-profile=${join(profiles, 'run.profdata')}`,
  ]);
  return coverageOf(JSON.parse(report), 'native/core/checkpoint');
}
