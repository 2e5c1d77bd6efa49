#!/usr/bin/env node
// Publishes the tarballs of a folder to npm, with provenance, in the order in which they need each other.
//   node tools/pack/publish.mjs FOLDER [--dry-run]
// A version that is there already is passed over, so that a release that was cut short can be run again.
import {readdirSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {SetupError, capture, run, say} from '../setup/run.mjs';

const KINDS = [
  /^dl-trade-libtorch-.+\.tgz$/,
  /^dl-trade-(linux|darwin|win32)-.+\.tgz$/,
  /^dl-trade-\d.+\.tgz$/,
];

/** The tarballs in the order of publishing; each platform's job makes the main package, and they are one.
 *  @param {readonly string[]} files
 *  @throws SetupError for a file that is none of ours, and where no main package or no addon is among them */
export function publishingOrder(files) {
  const tarballs = files.filter((file) => file.endsWith('.tgz'));
  const unknown = tarballs.find((file) => !KINDS.some((kind) => kind.test(file)));
  if (unknown !== undefined) throw new SetupError(`"${unknown}" is no package of dl-trade`, 'take it away');
  const [libtorch, addons, main] = KINDS.map((kind) => tarballs.filter((file) => kind.test(file)).sort());
  if (main.length !== 1 || addons.length === 0) {
    throw new SetupError(
      `there are ${addons.length} addons and ${main.length} main packages`,
      'want one main package and an addon a platform',
    );
  }
  return [...libtorch, ...addons, ...main];
}

function main() {
  const [folder, ...flags] = process.argv.slice(2);
  if (folder === undefined) throw new SetupError('no folder was named', 'node tools/pack/publish.mjs FOLDER');
  for (const file of publishingOrder(readdirSync(folder))) {
    const tarball = join(folder, file);
    const described = capture('tar', ['-xzOf', tarball, 'package/package.json']);
    if (described === undefined) throw new SetupError(`"${tarball}" cannot be read`, 'pack it again');
    const {name, version} = JSON.parse(described);
    if (capture('npm', ['view', `${name}@${version}`, 'version']) === version) {
      say(`${name}@${version} is there already`);
      continue;
    }
    say(`publishing ${name}@${version}`);
    const dryRun = flags.includes('--dry-run');
    const how = dryRun ? ['--dry-run'] : ['--provenance'];
    run('npm', ['publish', tarball, '--access', 'public', ...how], {
      fix: 'read the lines above, and run it again',
    });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    main();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    process.stderr.write(`[publish] ${error.message}\n`);
    process.exitCode = 1;
  }
}
