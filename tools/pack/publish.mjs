#!/usr/bin/env node
// Publishes the tarballs of a folder to npm, with provenance, in the order in which they need each other.
//   node tools/pack/publish.mjs FOLDER [--dry-run]
// A version that is there already is passed over, so that a release that was cut short can be run again. With NPM_TOKEN set npm is
// shown that; without, npm has its own way to know the workflow (trusted publishing).
import {mkdtempSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {fileURLToPath} from 'node:url';
import {SetupError, capture, run, say} from '../setup/run.mjs';

/** Each needs those before it. */
const KINDS = [/^@dl-trade\/libtorch-/, /^@dl-trade\/(?!libtorch-)/, /^dl-trade$/];

/** The packages in the order of publishing.
 *  @param {readonly {name: string, version: string, dependencies?: object, optionalDependencies?: object}[]} packages
 *  @throws SetupError for a stranger, for two of one name, and where one needs a package of ours that is not among them: npm would
 *    publish it all the same, and its users could not install it */
export function publishingOrder(packages) {
  const kindOf = ({name}) => KINDS.findIndex((kind) => kind.test(name));
  const names = packages.map(({name}) => name);
  const stranger = packages.find((one) => kindOf(one) === -1);
  if (stranger !== undefined)
    throw new SetupError(`"${stranger.name}" is no package of dl-trade`, 'take it away');
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new SetupError(`there are two of "${twice}"`, 'take the old one away');
  if (!names.includes('dl-trade')) throw new SetupError('"dl-trade" itself is missing', 'npm run pack:main');
  for (const {name, dependencies, optionalDependencies} of packages) {
    for (const [needed, version] of Object.entries({...dependencies, ...optionalDependencies})) {
      if (kindOf({name: needed}) === -1) continue;
      if (packages.some((one) => one.name === needed && one.version === version)) continue;
      throw new SetupError(
        `"${name}" needs ${needed}@${version}, which is missing`,
        'let the job of its platform pass, or take the platform out of PREBUILT_PLATFORMS and of release.yml',
      );
    }
  }
  return packages.toSorted((a, b) => kindOf(a) - kindOf(b) || (a.name < b.name ? -1 : 1));
}

/** npm's tag for a version: who asks for none in particular gets no release candidate. */
export function distTag(version) {
  return version.includes('-') ? 'next' : 'latest';
}

function readPackage(tarball) {
  const described = capture('tar', ['-xzOf', tarball, 'package/package.json']);
  if (described === undefined) throw new SetupError(`"${tarball}" cannot be read`, 'pack it again');
  return {tarball, ...JSON.parse(described)};
}

function publish({tarball, name, version}, {dryRun, env}) {
  const there = capture('npm', ['view', `${name}@${version}`, 'version'], {env});
  if (there === version) {
    say(`${name}@${version} is there already`, 'publish');
    return;
  }
  say(`publishing ${name}@${version}`, 'publish');
  const how = dryRun ? ['--dry-run'] : ['--provenance'];
  run('npm', ['publish', tarball, '--access', 'public', '--tag', distTag(version), ...how], {
    env,
    fix: 'read the lines above, and run it again',
  });
}

function main() {
  const [folder, ...flags] = process.argv.slice(2);
  if (folder === undefined) throw new SetupError('no folder was named', 'node tools/pack/publish.mjs FOLDER');
  const tarballs = readdirSync(folder).filter((file) => file.endsWith('.tgz'));
  // Whole paths: npm takes `folder/file.tgz` for a repository on GitHub.
  const packages = publishingOrder(tarballs.map((file) => readPackage(resolve(folder, file))));
  const dryRun = flags.includes('--dry-run');
  const home = mkdtempSync(join(tmpdir(), 'dl-trade-publish-'));
  try {
    const env = {};
    if ((process.env.NPM_TOKEN ?? '') !== '') {
      const registry = new URL(capture('npm', ['config', 'get', 'registry']) ?? '');
      env.npm_config_userconfig = join(home, 'npmrc');
      // npm puts the variable's value in: the token itself is in no file.
      writeFileSync(
        env.npm_config_userconfig,
        `//${registry.host}${registry.pathname}:_authToken=\${NPM_TOKEN}\n`,
      );
    }
    for (const one of packages) publish(one, {dryRun, env});
  } finally {
    rmSync(home, {recursive: true, force: true});
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
