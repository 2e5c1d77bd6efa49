import {SetupError, capture} from './run.mjs';

/** The line that installs a missing program here, by what the machine has. */
function installLine(debian, brew, windows) {
  if (process.platform === 'darwin') return brew;
  if (process.platform === 'win32') return windows;
  if (capture('apt-get', ['--version']) !== undefined) return `sudo apt-get install -y ${debian}`;
  if (capture('dnf', ['--version']) !== undefined)
    return `sudo dnf install -y ${debian.replace('g++', 'gcc-c++')}`;
  return `install ${debian} with your system's package manager`;
}

/** @throws SetupError where Node is older than the package supports */
export function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    throw new SetupError(
      `Node was "${process.versions.node}", want 20.19 or newer`,
      'install Node 20 LTS or newer',
    );
  }
}

/** @throws SetupError naming each build tool that is missing, with the line that installs it */
export function requireCompiler() {
  const compiler =
    process.env.CXX ?? ['c++', 'g++', 'clang++'].find((name) => capture(name, ['--version']) !== undefined);
  if (
    process.platform !== 'win32'
    && (compiler === undefined || capture(compiler, ['--version']) === undefined)
  ) {
    throw new SetupError(
      process.env.CXX === undefined
        ? 'no C++ compiler was found'
        : `CXX was "${process.env.CXX}", which does not run`,
      installLine('g++ make', 'xcode-select --install', 'install the Visual Studio Build Tools with C++'),
    );
  }
  const cmake = capture('cmake', ['--version'])?.match(/(\d+)\.(\d+)/);
  if (cmake === null || cmake === undefined || Number(cmake[1]) * 100 + Number(cmake[2]) < 320) {
    throw new SetupError(
      cmake ? `cmake was "${cmake[0]}", want 3.20 or newer` : 'cmake was not found',
      installLine('cmake', 'brew install cmake', 'winget install Kitware.CMake'),
    );
  }
  const needsMake = process.platform !== 'win32' && capture('ninja', ['--version']) === undefined;
  if (needsMake && capture('make', ['--version']) === undefined) {
    throw new SetupError(
      'neither make nor ninja was found',
      installLine('make', 'xcode-select --install', ''),
    );
  }
}

/** The Python that can make a virtual environment.
 *  @returns {string} the program's name
 *  @throws SetupError */
export function requirePython() {
  const names = [
    process.env.PYTHON,
    'python3.11',
    'python3.12',
    'python3.13',
    'python3.10',
    'python3',
    'python',
  ];
  const check = 'import sys, venv, ensurepip; assert (3, 10) <= sys.version_info[:2] <= (3, 14)';
  for (const name of names.filter((name) => name !== undefined && name !== '')) {
    if (capture(name, ['-c', check]) !== undefined) return name;
  }
  const found = capture('python3', ['--version']);
  throw new SetupError(
    found === undefined
      ? 'no Python was found'
      : `${found} cannot make a virtual environment, or its version is not 3.10 to 3.14`,
    installLine(
      'python3 python3-venv python3-pip',
      'brew install python@3.11',
      'winget install Python.Python.3.11',
    ),
  );
}
