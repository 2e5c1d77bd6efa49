#!/usr/bin/env node
// Fuzzes the checkpoint reader with libFuzzer under AddressSanitizer and UndefinedBehaviorSanitizer.
//   node tools/verify/fuzz.mjs [--seconds N] [--jobs N] [--coverage]
// The corpus grows in build/fuzz/corpus from run to run; its seeds are the files of test/corpus and those of
// native/test/fuzz/regressions: a folder for inputs that broke a law, made with the first of them. Exits with 1 where something was
// found, 2 for wrong usage, 130 after a signal.
import {spawn} from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import {availableParallelism} from 'node:os';
import {basename, join, relative, resolve} from 'node:path';
import {parseArgs} from 'node:util';
import {venvPython} from '../setup/libtorch.mjs';
import {fingerprint, once} from '../setup/stamp.mjs';
import {buildFuzzer, measureCoverage, quietly} from './fuzz/builds.mjs';
import {findClang} from './fuzz/clang.mjs';
import {isFinding, readLog, together} from './fuzz/statistics.mjs';

const ROOT = resolve(import.meta.dirname, '../..');
const HOME = join(ROOT, 'build/fuzz');
const CORPUS = join(HOME, 'corpus');
const SEEDS = join(HOME, 'seeds');
const FOUND = join(HOME, 'found');
const REGRESSIONS = join(ROOT, 'native/test/fuzz/regressions');
/** Larger seeds cost more than they find. */
const LARGEST_SEED = 16 * 1024 + 512;
// The target asks for processor time itself: the clock on the wall, which a busy machine stretches, is for hangs alone.
const LIMITS = ['-max_len=65536', '-timeout=120', '-malloc_limit_mb=64', '-rss_limit_mb=1024'];
const ENVIRONMENT = {
  ...process.env,
  ASAN_OPTIONS: 'quarantine_size_mb=16:detect_stack_use_after_return=0',
  UBSAN_OPTIONS: 'print_stacktrace=1',
};

class UsageError extends Error {}

function wholeNumber(name, text) {
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text);
  throw new UsageError(`--${name} was "${text}", want a whole number from 1`);
}

function parse(args) {
  try {
    const {values} = parseArgs({
      args,
      options: {
        seconds: {type: 'string', default: '60'},
        jobs: {type: 'string', default: String(availableParallelism())},
        coverage: {type: 'boolean', default: false},
        help: {type: 'boolean', short: 'h', default: false},
      },
    });
    return {
      ...{help: values.help, coverage: values.coverage},
      ...{seconds: wholeNumber('seconds', values.seconds), jobs: wholeNumber('jobs', values.jobs)},
    };
  } catch (error) {
    throw new UsageError(error.message);
  }
}

/** The small files of the hostile corpus, sound and not, made anew when their makers changed. */
function makeSeeds() {
  once({
    file: join(HOME, 'seeds.stamp'),
    inputs: fingerprint(ROOT, ['test/corpus', 'native/test/fuzz/regressions']),
    products: [SEEDS],
    work() {
      const python = venvPython(ROOT);
      if (!existsSync(python))
        throw new Error(`the seeds need Python with torch\n  fix: npm run setup -- --for test`);
      const generated = join(HOME, 'generated');
      for (const folder of [generated, SEEDS]) rmSync(folder, {recursive: true, force: true});
      mkdirSync(SEEDS, {recursive: true});
      quietly(python, [join(ROOT, 'test/corpus/generate.py'), '--out', generated]);
      const regressions = existsSync(REGRESSIONS)
        ? readdirSync(REGRESSIONS).map((name) => join(REGRESSIONS, name))
        : [];
      const files = readdirSync(generated).filter((name) => name.endsWith('.pth'));
      for (const file of [...regressions, ...files.map((name) => join(generated, name))]) {
        if (statSync(file).size <= LARGEST_SEED) copyFileSync(file, join(SEEDS, basename(file)));
      }
      rmSync(generated, {recursive: true});
    },
  });
}

const logOf = (job) => join(HOME, `job-${job}.log`);
const readJobs = (jobs) => together(jobs.map((job) => readLog(readFileSync(logOf(job), 'utf8'))));

/** Runs the jobs beside each other on one corpus; the first finding stops all.
 *  @returns {Promise<{findings: string[], failedLogs: string[], interrupted: boolean}>} */
async function fuzz(program, {seconds, jobs}) {
  const args = [
    `-dict=${join(ROOT, 'native/test/fuzz/checkpoint.dict')}`,
    ...LIMITS,
    ...[`-max_total_time=${seconds}`, '-print_final_stats=1', '-reload=10', `-artifact_prefix=${FOUND}/`],
    ...[CORPUS, SEEDS],
  ];
  const started = Date.now();
  const running = new Set();
  const failedLogs = [];
  let interrupted = false;
  const stop = () => {
    for (const child of running) child.kill('SIGINT');
  };
  const interrupt = () => {
    interrupted = true;
    stop();
  };
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  const progress = setInterval(() => {
    const {executions, edges, features} = readJobs([...Array(jobs).keys()]);
    process.stderr.write(`fuzz: ${executions} executions, ${edges} edges, ${features} features\n`);
  }, 10_000);
  await Promise.all(
    Array.from({length: jobs}, (_, job) => {
      const log = openSync(logOf(job), 'w');
      const child = spawn(program, args, {env: ENVIRONMENT, stdio: ['ignore', log, log]});
      running.add(child);
      return new Promise((done, fail) => {
        child.on('error', fail);
        child.on('exit', (code, signal) => {
          running.delete(child);
          // 72 is libFuzzer's own for an interrupt: ours, or since another job has found something.
          if (code !== 0 && code !== 72) {
            failedLogs.push(`${relative(ROOT, logOf(job))} (${signal ?? `code ${code}`})`);
            stop();
          }
          done();
        });
      });
    }),
  );
  clearInterval(progress);
  // What earlier runs found stays there until it is mended.
  const isNew = (name) => statSync(join(FOUND, name)).mtimeMs >= started;
  return {
    findings: readdirSync(FOUND).filter((name) => isFinding(name) && isNew(name)),
    failedLogs,
    interrupted,
  };
}

function printCoverage(coverage) {
  if (coverage === undefined) {
    console.log('coverage: llvm-profdata and llvm-cov were not found');
    return;
  }
  for (const kind of ['lines', 'branches', 'functions']) {
    const {covered, count, percent} = coverage[kind];
    console.log(
      `${kind.padEnd(10)} ${percent.toFixed(2)} % of native/core/checkpoint (${covered} of ${count})`,
    );
  }
  const least = coverage.files.slice(0, 5).map(({name, percent}) => `${name} ${percent.toFixed(1)} %`);
  console.log(`least lines: ${least.join(', ')}`);
}

async function main() {
  const options = parse(process.argv.slice(2));
  if (options.help) {
    console.log('usage: node tools/verify/fuzz.mjs [--seconds N] [--jobs N] [--coverage]');
    console.log('example: nice node tools/verify/fuzz.mjs --seconds 3600 --coverage');
    return 0;
  }
  const clang = findClang();
  for (const folder of [CORPUS, FOUND]) mkdirSync(folder, {recursive: true});
  makeSeeds();
  process.stderr.write(`fuzz: building with ${clang.version}\n`);
  const program = buildFuzzer(ROOT, clang, {folder: 'build/fuzz/build'});
  const {findings, failedLogs, interrupted} = await fuzz(program, options);
  const total = readJobs([...Array(options.jobs).keys()]);
  const seeds = readdirSync(SEEDS).length;
  console.log(`compiler   ${clang.version}`);
  console.log(`executions ${total.executions}, ${total.perSecond} a second in ${options.jobs} jobs`);
  console.log(
    `coverage   ${total.edges} edges, ${total.features} features, ${total.corpus} inputs kept of ${seeds} seeds and mutants`,
  );
  console.log(`slowest    ${total.slowestSeconds} s; ${total.peakMemoryMb} MB at most, sanitizers included`);
  console.log(`found      ${findings.length}`);
  for (const name of findings) {
    const path = relative(ROOT, join(FOUND, name));
    console.log(`  ${path}\n  reproduce: ${relative(ROOT, program)} ${path}`);
  }
  for (const log of failedLogs) console.log(`  see ${log}`);
  if (findings.length > 0 || failedLogs.length > 0) return 1;
  if (interrupted) return 130;
  // Loading the seeds takes one each.
  if (total.executions < 2 * seeds) {
    console.log(
      `  ${total.executions} executions are little more than the ${seeds} seeds: let it run longer`,
    );
    return 1;
  }
  if (options.coverage) printCoverage(measureCoverage(ROOT, clang, [CORPUS, SEEDS]));
  return 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(`fuzz: ${error.message}`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
