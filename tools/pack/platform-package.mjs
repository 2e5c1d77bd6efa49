import {cpSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {run} from '../setup/run.mjs';
import {copyStripped, requireTestedLibTorch} from './libtorch-package.mjs';
import {copyLicences} from './licences.mjs';
import {MACHINE, PLATFORM, repositoryFields, writePackageJson} from './package-files.mjs';
import {bundledLibraries} from './shared-libraries.mjs';

/** `@dl-trade/<platform>`: the addon, which finds LibTorch in the package that it depends on, whatever the environment says. */
export function stagePlatformPackage(root, directory) {
  const {version: libtorchVersion, directory: libtorch} = requireTestedLibTorch(root);
  const {version, engines} = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  // CMake writes the path to LibTorch that holds there, and removes the one of this machine.
  const component = ['--component', 'addon', '--config', 'Release', '--strip'];
  run('cmake', ['--install', join(root, 'build/cmake'), '--prefix', directory, ...component]);
  if (process.platform === 'darwin')
    run('codesign', ['--force', '--sign', '-', join(directory, 'dl_trade.node')]);
  const brings = process.platform === 'win32';
  const libraries = brings ? bundledLibraries(join(directory, 'dl_trade.node'), libtorch) : [];
  let license = 'MIT';
  if (brings) {
    copyStripped(libraries, directory);
    license = `MIT AND ${copyLicences({root, libtorch, libraries}, directory)}`;
  }
  cpSync(join(root, 'LICENSE'), join(directory, 'LICENSE'));
  const name = `@dl-trade/${PLATFORM}`;
  writeFileSync(
    join(directory, 'README.md'),
    `# ${name}\n\nThe native addon of dl-trade for ${PLATFORM}, built with LibTorch ${libtorchVersion}. Installed by`
      + ` dl-trade; of no use on its own.${brings ? ' LibTorch is beside it, with its licences in `licenses/`.' : ''}\n`,
  );
  writePackageJson(directory, {
    name,
    version,
    description: `The native addon of dl-trade for ${PLATFORM}`,
    license,
    ...repositoryFields(),
    ...MACHINE,
    engines,
    preferUnplugged: true,
    main: 'dl_trade.node',
    files: brings ? ['dl_trade.node', '*.dll', 'licenses'] : ['dl_trade.node'],
    ...(brings ? {} : {dependencies: {[`@dl-trade/libtorch-${PLATFORM}`]: libtorchVersion}}),
  });
  return name;
}
