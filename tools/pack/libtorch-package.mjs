import {cpSync, mkdirSync, writeFileSync} from 'node:fs';
import {basename, join} from 'node:path';
import {findLibTorch, supportedRange} from '../setup/libtorch.mjs';
import {SetupError, run} from '../setup/run.mjs';
import {copyLicences} from './licences.mjs';
import {MACHINE, PLATFORM, repositoryFields, writePackageJson} from './package-files.mjs';
import {bundledLibraries} from './shared-libraries.mjs';

/** Only what was tested is shipped: another LibTorch computes other bits. */
export function requireTestedLibTorch(root) {
  const {tested} = supportedRange(root);
  const libtorch = findLibTorch(root);
  if (libtorch.version !== tested) {
    throw new SetupError(
      `LibTorch was "${libtorch.version}" (${libtorch.from}), and packages are made with ${tested} alone`,
      'unset LIBTORCH, or point it at that version',
    );
  }
  return libtorch;
}

/** Copies libraries without the symbols that only a debugger reads: a fifth of LibTorch. */
export function copyStripped(libraries, directory) {
  mkdirSync(directory, {recursive: true});
  for (const library of libraries) {
    const copy = join(directory, basename(library));
    cpSync(library, copy, {dereference: true});
    if (process.platform === 'linux') run('strip', ['--strip-unneeded', copy]);
    if (process.platform === 'darwin') {
      run('strip', ['-x', copy]);
      // Stripping breaks the signature that macOS asks for.
      run('codesign', ['--force', '--sign', '-', copy]);
    }
  }
}

/** `@dl-trade/libtorch-<platform>`: the libraries of LibTorch that the addon needs, and no other. Its version is LibTorch's. */
export function stageLibTorchPackage(root, directory) {
  const {directory: libtorch, version} = requireTestedLibTorch(root);
  const libraries = bundledLibraries(join(root, 'build/cmake/Release/dl_trade.node'), libtorch);
  copyStripped(libraries, join(directory, 'lib'));
  const license = copyLicences({root, libtorch, libraries}, directory);
  cpSync(join(directory, 'licenses/LICENSE'), join(directory, 'LICENSE'));
  const name = `@dl-trade/libtorch-${PLATFORM}`;
  writeFileSync(
    join(directory, 'README.md'),
    `# ${name}\n\nThe libraries of LibTorch ${version} (CPU) that dl-trade's addon needs`
      + ` (${libraries.map((path) => basename(path)).join(', ')}), unchanged but for removed debugger symbols. Installed by dl-trade; of no use on its own.\n`,
  );
  writePackageJson(directory, {
    name,
    version,
    description: `LibTorch ${version} for dl-trade on ${PLATFORM}`,
    license,
    ...repositoryFields(),
    ...MACHINE,
    preferUnplugged: true,
    files: ['lib', 'licenses'],
  });
  return name;
}
