import {existsSync, readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {join, resolve} from 'node:path';
import {SetupError, capture, run, say} from './run.mjs';
import {requirePython} from './prerequisites.mjs';

/** @typedef {{minimum: string, below: string, tested: string}} Range */
/** @typedef {{directory: string, version: string, from: string}} LibTorch */

const PYTORCH_CPU_INDEX = 'https://download.pytorch.org/whl/cpu';

/** @returns {Range} the versions that the addon is built and tested with */
export function supportedRange(root) {
  return JSON.parse(readFileSync(join(root, 'native/libtorch.json'), 'utf8'));
}

function numbers(version) {
  return version.split('.').map((part) => Number.parseInt(part, 10));
}

function isBefore(a, b) {
  const [left, right] = [numbers(a), numbers(b)];
  const at = left.findIndex((part, index) => part !== right[index]);
  return at !== -1 && left[at] < right[at];
}

/** The version that a LibTorch directory's headers state; undefined where there are none. */
export function versionOf(directory) {
  for (const header of [
    'include/torch/headeronly/version.h',
    'include/torch/csrc/api/include/torch/version.h',
  ]) {
    const path = join(directory, header);
    if (!existsSync(path)) continue;
    const text = readFileSync(path, 'utf8');
    const parts = ['MAJOR', 'MINOR', 'PATCH'].map(
      (name) => text.match(new RegExp(`TORCH_VERSION_${name} (\\d+)`))?.[1],
    );
    if (parts.every((part) => part !== undefined)) return parts.join('.');
  }
  return undefined;
}

function isSupported(version, range) {
  return !isBefore(version, range.minimum) && isBefore(version, range.below);
}

/** From LIBTORCH, as tch-rs users know it. What the user named is used or refused, never passed over. */
function fromEnvironment(range) {
  const named = process.env.LIBTORCH;
  if (named === undefined || named === '') return undefined;
  const directory = resolve(named);
  const version = versionOf(directory);
  if (version === undefined) {
    throw new SetupError(
      `LIBTORCH was "${named}", which has no LibTorch headers (include/torch)`,
      'point it at the directory that holds include/ and lib/, or unset it',
    );
  }
  if (!isSupported(version, range)) {
    throw new SetupError(
      `LIBTORCH holds LibTorch ${version}, want >= ${range.minimum} and < ${range.below}`,
      `point it at LibTorch ${range.tested}, or unset it to let the set-up install that`,
    );
  }
  return {directory, version, from: 'LIBTORCH'};
}

/** From a Python that has torch; torch itself is not imported, which would take seconds. */
function fromPython(python, range) {
  const where = capture(python, [
    '-c',
    'import importlib.util as u, os; s = u.find_spec("torch"); print(os.path.dirname(s.origin) if s else "")',
  ]);
  if (where === undefined || where === '') return undefined;
  const version = versionOf(where);
  if (version === undefined) return undefined;
  if (!isSupported(version, range)) {
    say(`${python} has torch ${version}; passed over, want >= ${range.minimum} and < ${range.below}`);
    return undefined;
  }
  return {directory: where, version, from: `torch of ${python}`};
}

/** The Python of the project's own virtual environment. */
export function venvPython(root) {
  return process.platform === 'win32'
    ? join(root, '.venv/Scripts/python.exe')
    : join(root, '.venv/bin/python');
}

/** Makes the project's virtual environment where it is missing or broken. */
export function ensureVenv(root) {
  const python = venvPython(root);
  if (existsSync(python) && capture(python, ['-m', 'pip', '--version']) !== undefined) return python;
  const base = requirePython();
  say(`making a virtual environment in .venv with ${base}`);
  run(base, ['-m', 'venv', '--clear', join(root, '.venv')], {
    fix: 'see the message above; a full disk is a common cause',
  });
  return python;
}

/** Installs the tested CPU build of torch into the project's virtual environment. */
function installTested(root, range) {
  const python = ensureVenv(root);
  // Only Linux has CUDA builds under the plain version; the suffix asks for the CPU one.
  const wanted = process.platform === 'linux' ? `torch==${range.tested}+cpu` : `torch==${range.tested}`;
  say(`installing ${wanted} into .venv (about 190 MB, once)`);
  run(
    python,
    [
      ...['-m', 'pip', 'install', wanted, '--retries', '1', '--timeout', '10', '--disable-pip-version-check'],
      ...['--extra-index-url', PYTORCH_CPU_INDEX],
    ],
    {
      fix:
        `check the network and try again, or install LibTorch ${range.tested} (CPU) yourself and set LIBTORCH to its directory,`
        + ` or run "pip install torch==${range.tested}" for a Python on the PATH`,
    },
  );
  return fromPython(python, range);
}

/** Has the tested torch in the project's virtual environment, whatever LibTorch the addon is built with. */
export function ensureTestedTorch(root) {
  const range = supportedRange(root);
  const own = existsSync(venvPython(root)) ? fromPython(venvPython(root), range) : undefined;
  if (own?.version !== range.tested) installTested(root, range);
}

/** Where a prebuilt addon for this platform is installed; it brings its own LibTorch. */
export function prebuiltPackage(root) {
  try {
    return createRequire(join(root, 'package.json')).resolve(
      `@dl-trade/${process.platform}-${process.arch}/package.json`,
    );
  } catch {
    return undefined;
  }
}

/** Finds LibTorch's headers and libraries: LIBTORCH, an installed Python torch, else the tested one in .venv.
 *  @returns {LibTorch}
 *  @throws SetupError */
export function findLibTorch(root) {
  const range = supportedRange(root);
  const named = fromEnvironment(range);
  if (named !== undefined) return named;
  for (const python of [venvPython(root), process.env.PYTHON, 'python3', 'python']) {
    if (python === undefined || (python.startsWith(root) && !existsSync(python))) continue;
    const found = fromPython(python, range);
    if (found !== undefined) return found;
  }
  const installed = installTested(root, range);
  if (installed !== undefined) return installed;
  throw new SetupError(
    `torch ${range.tested} was installed into .venv but cannot be found there`,
    'delete .venv and try again',
  );
}
