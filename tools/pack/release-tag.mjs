#!/usr/bin/env node
// Holds a tag against what it would release, before anything is built for it.
//   node tools/pack/release-tag.mjs v1.2.3
import {readFileSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {fileURLToPath} from 'node:url';

/** Why nothing may be released under a tag; undefined where all is well.
 *  @param {string} tag @param {{version: string, changelog: string}} release of package.json and CHANGELOG.md; a release candidate
 *    (`1.2.3-rc.1`) needs no heading of its own there */
export function tagProblem(tag, {version, changelog}) {
  if (tag !== `v${version}`) return `the tag was "${tag}", and package.json has ${version}: they must agree`;
  const headings = changelog.split('\n').map((line) => /^## \[?v?([^\s\]]+)/.exec(line)?.[1]);
  if (version.includes('-') || headings.includes(version)) return undefined;
  return `CHANGELOG.md has no heading for ${version}: put "## ${version}" below "## Unreleased", above what it brings`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const read = (name) => readFileSync(join(resolve(import.meta.dirname, '../..'), name), 'utf8');
  const release = {version: JSON.parse(read('package.json')).version, changelog: read('CHANGELOG.md')};
  const problem = tagProblem(process.argv[2] ?? '', release);
  if (problem !== undefined) {
    process.stderr.write(`[release] ${problem}\n`);
    process.exitCode = 1;
  }
}
