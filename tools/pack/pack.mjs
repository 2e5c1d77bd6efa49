#!/usr/bin/env node
// Makes the tarballs that npm publishes, in build/packages, and prints their sizes.
//   npm run pack:all         the main package, this platform's addon and its LibTorch
//   npm run pack:main        the main package alone
//   npm run pack:platform    the addon and LibTorch alone
import {existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {SetupError, captureNpm, run, say} from '../setup/run.mjs';
import {stageLibTorchPackage} from './libtorch-package.mjs';
import {stageMainPackage} from './main-package.mjs';
import {stagePlatformPackage} from './platform-package.mjs';

const ROOT = resolve(import.meta.dirname, '../..');
const STAGING = join(ROOT, 'build/packages/staging');
const TARBALLS = join(ROOT, 'build/packages');

/** Both are published by npm under these names alone; Windows looks for DLLs beside the addon, so they share a package there. */
const STAGES = {
  main: [stageMainPackage],
  platform:
    process.platform === 'win32' ? [stagePlatformPackage] : [stageLibTorchPackage, stagePlatformPackage],
};
STAGES.all = [...STAGES.platform, ...STAGES.main];

function directorySize(directory) {
  return readdirSync(directory, {recursive: true, withFileTypes: true})
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

function kilobytes(bytes) {
  return bytes < 10_000_000 ? `${(bytes / 1e3).toFixed(0)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** @returns the tarball's path */
function pack(directory) {
  const temporary = join(STAGING, 'tarball');
  rmSync(temporary, {recursive: true, force: true});
  mkdirSync(temporary, {recursive: true});
  // Without it npm writes the name to stdout in the midst of the sizes.
  const name = captureNpm(['pack', directory, '--pack-destination', temporary, '--silent'], {
    timeout: 600_000,
  });
  if (name === undefined) throw new SetupError(`npm pack ${directory} failed`, 'run it by hand to see why');
  const [file] = readdirSync(temporary);
  const tarball = join(TARBALLS, file);
  renameSync(join(temporary, file), tarball);
  return tarball;
}

function main() {
  const what = process.argv[2] ?? 'all';
  if (!(what in STAGES))
    throw new SetupError(`no packages are called "${what}"`, 'name all, main or platform');
  run(process.execPath, [join(ROOT, 'tools/setup/setup.mjs')], {fix: 'read the lines above'});
  mkdirSync(TARBALLS, {recursive: true});
  for (const stage of STAGES[what]) {
    const directory = join(STAGING, stage.name);
    rmSync(directory, {recursive: true, force: true});
    mkdirSync(directory, {recursive: true});
    const name = stage(ROOT, directory);
    say(`packing ${name}`, 'pack');
    const tarball = pack(directory);
    const sizes = `${kilobytes(statSync(tarball).size)} packed, ${kilobytes(directorySize(directory))} installed`;
    process.stdout.write(`${tarball}  ${sizes}\n`);
  }
  if (existsSync(STAGING)) rmSync(STAGING, {recursive: true, force: true});
}

try {
  main();
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  process.stderr.write(`[pack] ${error.message}\n`);
  process.exitCode = 1;
}
