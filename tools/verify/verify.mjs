#!/usr/bin/env node
// The one gate, locally and in CI: the README's test command and every check. Every step runs, whatever failed before it.
//   npm run verify            all of it
//   npm run verify -- lint    the named steps alone
import {spawnSync} from 'node:child_process';
import {existsSync, mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {dirname, join, relative, resolve} from 'node:path';
import {findLibTorch, supportedRange, venvPython} from '../setup/libtorch.mjs';
import {BROUGHT_ALONG} from '../pack/licences.mjs';
import {installClang} from './fuzz/clang.mjs';

const ROOT = resolve(import.meta.dirname, '../..');
const NATIVE = join(ROOT, 'build/native-test');
/** Without sanitizers: what a file costs a user. */
const NATIVE_PLAIN = join(ROOT, 'build/native-plain');
const CORPUS = join(ROOT, 'build/corpus');
/** Of our own compilations alone: whoever builds dl-trade elsewhere is not stopped by what another compiler warns of. */
const WERROR = {DL_TRADE_WERROR: 'ON'};
const counts = {passed: 0, failed: 0};
/** What failed, for the end of a log of which only that may be kept. */
const failures = [];

function sh(program, args, {env, capture = false} = {}) {
  const result = spawnSync(program, args, {
    cwd: ROOT,
    env: {...process.env, ...env},
    stdio: ['ignore', capture === false ? 'inherit' : 'pipe', 'inherit'],
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (capture === true) process.stdout.write(result.stdout ?? '');
  if (result.error !== undefined) throw result.error;
  if (result.status !== 0)
    throw new Error(`${program} ended with ${result.signal ?? `code ${result.status}`}`, {cause: result});
  return result.stdout ?? '';
}

const node = (script, ...args) => sh(process.execPath, [join(ROOT, 'node_modules', script), ...args]);
const python = (...args) => sh(venvPython(ROOT), args);

function addVitestCounts(file) {
  if (!existsSync(file)) throw new Error(`vitest left no ${file}`);
  const report = JSON.parse(readFileSync(file, 'utf8'));
  counts.passed += report.numPassedTests;
  counts.failed += report.numFailedTests;
  for (const {name, status, message, assertionResults} of report.testResults) {
    const failed = assertionResults.filter((test) => test.status === 'failed');
    const where = relative(ROOT, name);
    failures.push(...failed.map((test) => `${where}: ${test.fullName}\n${test.failureMessages.join('\n')}`));
    // Not of a test: the file did not load, or a hook failed.
    if (status === 'failed' && failed.length === 0) failures.push(`${where}\n${message}`);
  }
  return report;
}

/** A parity test that was skipped proves nothing: here, where Python is installed, none may be. */
function requireParity(report) {
  const skipped = report.testResults
    .filter(({name}) => name.includes('/test/parity/'))
    .flatMap(({assertionResults}) =>
      assertionResults.filter(({status}) => status !== 'passed' && status !== 'failed'),
    )
    // Real candles are not part of the repository: a test that is on one of their files names it.
    .filter(({fullName}) => !/\b[A-Z]+USDT-\d+[mhd]\.csv$/.test(fullName));
  if (skipped.length > 0) throw new Error(`a parity test did not run: ${skipped[0].fullName}`);
}

/** Has the browser that test/browser needs: `npm test` skips those tests without one, the gate does not. */
function requireBrowserTests(report) {
  const skipped = report.testResults
    .filter(({name}) => name.includes('/test/browser/'))
    .flatMap(({assertionResults}) => assertionResults.filter(({status}) => status === 'skipped'));
  if (skipped.length > 0)
    throw new Error('no Chromium was found: install one, or set CHROMIUM_PATH to its program');
}

function installChromium() {
  const isDebian = existsSync('/usr/bin/apt-get') && process.getuid?.() === 0;
  if (!isDebian || existsSync('/usr/bin/chromium') || (process.env.CHROMIUM_PATH ?? '') !== '') return;
  sh('apt-get', ['update', '--quiet']);
  sh('apt-get', ['install', '--yes', '--quiet', '--no-install-recommends', 'chromium']);
}

/** Runs a suite whose counts are added whether it passes or fails. */
function vitest(name, run) {
  const file = join(ROOT, `build/test-results/${name}.json`);
  rmSync(file, {force: true});
  let report;
  try {
    run(file);
  } finally {
    report = addVitestCounts(file);
  }
  return report;
}

function doctest(program) {
  const environment = {
    ASAN_OPTIONS: 'detect_stack_use_after_return=1:strict_string_checks=1:detect_odr_violation=0',
  };
  let printed = '';
  try {
    printed = sh(join(NATIVE, program), ['--no-colors'], {capture: true, env: environment});
  } catch (error) {
    printed = error.cause?.stdout ?? '';
    throw error;
  } finally {
    const found = /test cases:\s*(\d+)\s*\|\s*(\d+) passed\s*\|\s*(\d+) failed/.exec(printed);
    counts.passed += Number(found?.[2] ?? 0);
    counts.failed += Number(found?.[3] ?? 1);
  }
}

/** A checker from the project's virtual environment, installed where it is missing. */
function venvProgram(name) {
  const program = join(dirname(venvPython(ROOT)), name);
  if (!existsSync(program)) python('-m', 'pip', 'install', '--quiet', '-r', 'tools/verify/requirements.txt');
  return program;
}

function readJson(path) {
  return JSON.parse(readFileSync(join(ROOT, path), 'utf8'));
}

/** What is shipped without being a dependency of package.json: bundled into the report page, or linked. */
function otherComponents() {
  const bundled = ['lightweight-charts', 'fancy-canvas'].map((name) => {
    const {version, license} = readJson(`node_modules/${name}/package.json`);
    return {name, version, licence: license, purl: `pkg:npm/${name}@${version}`};
  });
  const {tested} = supportedRange(ROOT);
  return [
    ...bundled,
    {
      name: 'libtorch',
      version: tested,
      licence: 'BSD-3-Clause',
      purl: `pkg:github/pytorch/pytorch@v${tested}`,
    },
    ...BROUGHT_ALONG,
  ];
}

const STEPS = {
  test() {
    installChromium();
    const report = vitest('unit', () => sh('npm', ['test', '--silent'], {env: WERROR}));
    // What the bits were computed with, should they differ on another machine.
    const versions = "import('./dist/index.js').then(({nativeVersions}) => console.log(nativeVersions()))";
    sh(process.execPath, ['-e', versions]);
    requireParity(report);
    requireBrowserTests(report);
  },
  types() {
    node('typescript/bin/tsc', '-p', 'tsconfig.check.json');
    node('typescript/bin/tsc', '-p', 'tsconfig.browser.json');
  },
  lint: () => node('eslint/bin/eslint.js', '.'),
  format: () => node('prettier/bin/prettier.cjs', '--check', '.'),
  'api-docs': () => node('typedoc/bin/typedoc'),
  'native-format'() {
    const files = sh(
      'git',
      ['ls-files', 'native/*.cpp', 'native/*.hpp', 'native/*.h', ':!native/test/third_party'],
      {capture: 'silent'},
    );
    sh(venvProgram('clang-format'), ['--dry-run', '-Werror', ...files.trim().split('\n')]);
  },
  'python-lint'() {
    sh(venvProgram('ruff'), ['check', 'tools', 'test', 'bench', 'examples']);
    sh(venvProgram('ruff'), ['format', '--check', 'tools', 'test', 'bench', 'examples']);
  },
  'native-build'() {
    const {directory} = findLibTorch(ROOT);
    const configure = ['-S', 'native/test', '-DDL_TRADE_WERROR=ON'];
    sh('cmake', [...configure, '-B', NATIVE, '-DCMAKE_BUILD_TYPE=Debug', `-DLIBTORCH=${directory}`]);
    sh('cmake', ['--build', NATIVE, '--parallel', '2']);
    const plain = ['-DDL_TRADE_SANITIZE=OFF', '-DCMAKE_BUILD_TYPE=Release'];
    sh('cmake', [...configure, '-B', NATIVE_PLAIN, ...plain]);
    sh('cmake', ['--build', NATIVE_PLAIN, '--parallel', '2', '--target', 'checkpoint_verdict']);
  },
  'native-checkpoint': () => doctest('checkpoint_tests'),
  'native-inference': () => doctest('inference/inference_tests'),
  'native-networks': () => doctest('networks/network_tests'),
  'native-training': () => doctest('training/training_tests'),
  'native-mutants': () => sh(join(NATIVE, 'checkpoint_mutants'), ['1', '200000']),
  fuzz() {
    installClang(sh);
    sh(process.execPath, ['tools/verify/fuzz.mjs', '--seconds', '120'], {env: WERROR});
  },
  corpus() {
    rmSync(CORPUS, {recursive: true, force: true});
    python('test/corpus/generate.py', '--out', CORPUS);
    const env = {
      DL_TRADE_CORPUS: CORPUS,
      DL_TRADE_CHECKPOINT_VERDICT: join(NATIVE, 'checkpoint_verdict'),
      DL_TRADE_CHECKPOINT_VERDICT_PLAIN: join(NATIVE_PLAIN, 'checkpoint_verdict'),
      DL_TRADE_CHECKPOINT_REWRITE: join(NATIVE, 'checkpoint_rewrite'),
      DL_TRADE_PYTHON: venvPython(ROOT),
    };
    vitest('corpus', (file) =>
      sh(
        process.execPath,
        ['node_modules/vitest/vitest.mjs', 'run', 'test/native/corpus.test.ts', '--outputFile.json=' + file],
        {env},
      ),
    );
  },
  async 'supply-chain'() {
    // Not at the top: on a fresh clone its packages come with the first step.
    const {auditFindings, billOfMaterials, billProblems, licenceProblems} =
      await import('./supply-chain.mjs');
    const lock = readJson('package-lock.json');
    const everything = JSON.parse(sh('npm', ['sbom', '--sbom-format', 'cyclonedx'], {capture: 'silent'}));
    const bill = billOfMaterials(everything, lock, otherComponents());
    const file = join(ROOT, 'build/sbom.cdx.json');
    writeFileSync(file, `${JSON.stringify(bill, null, 2)}\n`);
    console.log(`${bill.components.length} components in build/sbom.cdx.json`);
    const printed = spawnSync('npm', ['audit', '--omit', 'dev', '--json'], {
      cwd: ROOT,
      encoding: 'utf8',
    }).stdout;
    const audit = auditFindings(printed);
    const unanswered = `npm audit was not answered (${audit.why}); nothing is known either way`;
    const problems = [...billProblems(bill, lock), ...licenceProblems(bill), ...(audit.findings ?? [])];
    // Behind a mirror nobody may be there to ask. On GitHub there is.
    if (!audit.answered && process.env.GITHUB_ACTIONS === 'true') problems.push(unanswered);
    else if (!audit.answered) console.warn(`warning: ${unanswered}`);
    if (problems.length > 0) throw new Error(problems.join('; '));
  },
  /** The workflows as GitHub would read them, and what they would let an attacker do. */
  workflows() {
    const files = ['ci', 'release'].map((name) => `.github/workflows/${name}.yml`);
    sh(venvProgram('check-jsonschema'), ['--builtin-schema', 'vendor.github-workflows', ...files]);
    sh(venvProgram('check-jsonschema'), ['--builtin-schema', 'vendor.dependabot', '.github/dependabot.yml']);
    sh(venvProgram('check-jsonschema'), [
      '--builtin-schema',
      'vendor.github-issue-forms',
      ...['bug', 'model', 'feature'].map((name) => `.github/ISSUE_TEMPLATE/${name}.yml`),
    ]);
    sh(venvProgram('zizmor'), ['--offline', '--no-progress', '--min-severity', 'low', '.github']);
  },
  /** What npm would publish, installed by itself where there is no compiler, cmake or Python. */
  packages() {
    const env = {DL_TRADE_PACKAGES: join(ROOT, 'build/packages')};
    sh(process.execPath, ['tools/pack/pack.mjs', 'all']);
    vitest('packages', (file) =>
      sh(
        process.execPath,
        [...['node_modules/vitest/vitest.mjs', 'run', 'test/packages'], `--outputFile.json=${file}`],
        {env},
      ),
    );
  },
};

async function main() {
  const wanted = process.argv.slice(2);
  const unknown = wanted.filter((name) => !(name in STEPS));
  if (unknown.length > 0) {
    console.error(`verify: no step "${unknown[0]}"; there are ${Object.keys(STEPS).join(', ')}`);
    return 2;
  }
  mkdirSync(join(ROOT, 'build/test-results'), {recursive: true});
  const outcomes = [];
  for (const [name, step] of Object.entries(STEPS)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    console.log(`\n=== ${name}`);
    const started = performance.now();
    let failure;
    try {
      await step();
    } catch (error) {
      failure = error;
      console.error(`${name}: ${error.message}`);
    }
    outcomes.push({name, failure, seconds: (performance.now() - started) / 1000});
  }
  console.log('');
  for (const {name, failure, seconds} of outcomes) {
    console.log(
      `${failure === undefined ? 'ok    ' : 'FAILED'} ${name.padEnd(16)} ${seconds.toFixed(0).padStart(5)} s`,
    );
  }
  for (const {name, failure} of outcomes)
    if (failure !== undefined) failures.push(`${name}: ${failure.message}`);
  for (const failure of failures.slice(-20))
    console.log(`\n${failure.split('\n').slice(0, 12).join('\n').slice(0, 2000)}`);
  console.log(`tests: ${counts.passed} passed, ${counts.failed} failed`);
  return outcomes.some(({failure}) => failure !== undefined) ? 1 : 0;
}

process.exitCode = await main();
