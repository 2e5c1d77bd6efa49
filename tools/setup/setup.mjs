#!/usr/bin/env node
// Makes a fresh clone ready to run: packages, LibTorch, the addon, the compiled TypeScript. Fast when nothing changed.
//   node tools/setup/setup.mjs [--for start|test]
import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {ensureTestedTorch, findLibTorch, prebuiltPackage, venvPython} from './libtorch.mjs';
import {requireCompiler, requireNode, requirePython} from './prerequisites.mjs';
import {SetupError, run, runNpm, say} from './run.mjs';
import {fingerprint, once} from './stamp.mjs';

// Not import.meta.dirname: an older Node is to be told so, not to stumble here.
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const STAMPS = join(ROOT, 'build/stamps');
const ADDON = join(ROOT, 'build/cmake/Release/dl_trade.node');

function installPackages() {
  return once({
    file: join(STAMPS, 'packages'),
    inputs: fingerprint(ROOT, ['package.json', 'package-lock.json'], [process.version]),
    products: [join(ROOT, 'node_modules/typescript/package.json')],
    work() {
      say('installing npm packages (about 20 s, once)');
      runNpm(['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
        cwd: ROOT,
        fix: 'check the network and try again',
      });
    },
  });
}

function cmakeJs(...args) {
  run(process.execPath, [join(ROOT, 'node_modules/cmake-js/bin/cmake-js'), ...args, '--out', 'build/cmake'], {
    cwd: ROOT,
    fix: 'the first error above says what is wrong; "rm -rf build" starts over',
  });
}

/** The gate has a compiler's warning for an error. What it once asked for is kept in CMake's cache: a clone is not compiled twice. */
const WERROR = process.env.DL_TRADE_WERROR === 'ON' ? ['--CDDL_TRADE_WERROR=ON'] : [];

function buildAddon() {
  if ((process.env.LIBTORCH ?? '') === '' && prebuiltPackage(ROOT) !== undefined) {
    say('a prebuilt addon is installed: nothing to build');
    return false;
  }
  const libtorch = findLibTorch(ROOT);
  return once({
    file: join(STAMPS, 'addon'),
    inputs: fingerprint(
      ROOT,
      [
        ...['CMakeLists.txt', 'native/cmake', 'native/core', 'native/binding', 'native/libtorch.json'],
        'package.json',
      ],
      [libtorch.directory, libtorch.version, process.platform, process.arch, ...WERROR],
    ),
    products: [ADDON],
    work() {
      requireCompiler();
      say(`LibTorch ${libtorch.version} from ${libtorch.from}`);
      say('compiling the addon (one to three minutes, once)');
      // Not `compile`: it keeps an old cache, and so an old LibTorch.
      cmakeJs('configure', `--CDLIBTORCH=${libtorch.directory}`, ...WERROR);
      cmakeJs('build', '--parallel', '2');
    },
  });
}

function compileTypeScript() {
  return once({
    file: join(STAMPS, 'typescript'),
    inputs: fingerprint(ROOT, ['src', 'tsconfig.json', 'package-lock.json', 'tools/bundle']),
    products: [join(ROOT, 'dist/cli/main.js'), join(ROOT, 'dist/report/page/assets/page.js')],
    work() {
      say('compiling TypeScript');
      run(process.execPath, [join(ROOT, 'tools/bundle/dist.mjs')], {
        cwd: ROOT,
        fix: 'mend the errors above',
      });
    },
  });
}

/** The Python that the parity tests compare with: torch as LibTorch has it, and the packages of the reference. */
function installReference() {
  const requirements = join(ROOT, 'tools/reference/requirements.txt');
  return once({
    file: join(STAMPS, 'reference'),
    inputs: fingerprint(ROOT, ['tools/reference/requirements.txt', 'native/libtorch.json']),
    products: [venvPython(ROOT)],
    work() {
      ensureTestedTorch(ROOT);
      say('installing the Python reference into .venv (about a minute, once)');
      run(
        venvPython(ROOT),
        ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements],
        {
          fix: 'check the network and try again',
        },
      );
    },
  });
}

function main() {
  const purpose = process.argv[process.argv.indexOf('--for') + 1];
  requireNode();
  // Before anything is downloaded: what the addon cannot be built without.
  if (!existsSync(ADDON) && prebuiltPackage(ROOT) === undefined) {
    requireCompiler();
    if ((process.env.LIBTORCH ?? '') === '' || purpose === 'test') requirePython();
  }
  const started = performance.now();
  // Every step runs, whether or not an earlier one had work to do.
  const steps = [
    installPackages,
    ...(purpose === 'test' ? [installReference] : []),
    buildAddon,
    compileTypeScript,
  ];
  const worked = steps.map((step) => step()).some(Boolean);
  if (worked) say(`ready after ${((performance.now() - started) / 1000).toFixed(0)} s`);
}

try {
  main();
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  process.stderr.write(`[setup] ${error.message}\n`);
  process.exitCode = 1;
}
