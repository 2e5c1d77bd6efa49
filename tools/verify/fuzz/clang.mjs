import {spawnSync} from 'node:child_process';
import {existsSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

/** The oldest clang whose libFuzzer and C++20 suffice. */
const OLDEST = 16;
/** What the verify step installs on Debian. */
const DEBIAN = ['clang-19', 'libclang-rt-19-dev', 'llvm-19'];

const FIX = {
  linux: `Debian and Ubuntu: sudo apt-get install -y ${DEBIAN.join(' ')}; Fedora: sudo dnf install -y clang compiler-rt llvm`,
  darwin: 'brew install llvm (the clang of Xcode comes without libFuzzer)',
  win32: 'fuzz under WSL: libFuzzer with AddressSanitizer is not tried on Windows here',
};

function runs(program, args) {
  const result = spawnSync(program, args, {encoding: 'utf8'});
  return result.status === 0 ? result.stdout : undefined;
}

/** Programs that may be clang++, the user's own choice first.
 *  @returns {string[]} */
export function clangNames(environment) {
  const versions = Array.from({length: 8}, (_, i) => `clang++-${23 - i}`);
  const brew = ['/opt/homebrew/opt/llvm/bin/clang++', '/usr/local/opt/llvm/bin/clang++'];
  return [...(environment.CXX ? [environment.CXX] : []), ...versions, ...brew, 'clang++'];
}

/** The major version in what `clang++ --version` prints; undefined where it is no clang. */
export function clangVersion(printed) {
  const found = /clang version (\d+)/.exec(printed ?? '');
  return found === null ? undefined : Number(found[1]);
}

/** Whether the runtime of libFuzzer is there too: it comes in a package of its own. */
function linksLibFuzzer(program) {
  const folder = mkdtempSync(join(tmpdir(), 'dl-trade-clang-'));
  const source = join(folder, 'probe.cpp');
  writeFileSync(
    source,
    '#include <ranges>\nextern "C" int LLVMFuzzerTestOneInput(const unsigned char*, unsigned long) { return 0; }\n',
  );
  const args = ['-std=c++20', '-fsanitize=fuzzer,address,undefined', source, '-o', join(folder, 'probe')];
  const links = runs(program, args) !== undefined;
  rmSync(folder, {recursive: true, force: true});
  return links;
}

/** A clang++ that links libFuzzer.
 *  @returns {{program: string, version: string, major: number}}
 *  @throws Error that says what to install */
export function findClang() {
  for (const program of clangNames(process.env)) {
    const printed = runs(program, ['--version']);
    const major = clangVersion(printed);
    if (major !== undefined && major >= OLDEST && linksLibFuzzer(program))
      return {program, version: printed.split('\n')[0], major};
  }
  throw new Error(
    `no clang++ of version ${OLDEST} or later with libFuzzer was found\n  fix: ${FIX[process.platform] ?? FIX.linux}`,
  );
}

/** A tool of the same LLVM, such as llvm-cov; undefined where it is not installed. */
export function llvmTool(name, clang) {
  const beside = clang.program.includes('/') ? [clang.program.replace(/clang\+\+(-\d+)?$/, `${name}$1`)] : [];
  return [...beside, `${name}-${clang.major}`, name].find(
    (program) => runs(program, ['--version']) !== undefined,
  );
}

/** Installs clang where that needs nobody's consent: as root on Debian, as in CI.
 *  @param {(program: string, args: string[]) => unknown} run */
export function installClang(run) {
  try {
    findClang();
    return;
  } catch (error) {
    if (!existsSync('/usr/bin/apt-get') || process.getuid?.() !== 0) throw error;
  }
  run('apt-get', ['update', '--quiet']);
  run('apt-get', ['install', '--yes', '--quiet', '--no-install-recommends', ...DEBIAN]);
}
