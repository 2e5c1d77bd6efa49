import {writeFileSync} from 'node:fs';
import {join} from 'node:path';

/** `linux-x64` and the like: the last part of the names of what is made for this machine. */
export const PLATFORM = `${process.platform}-${process.arch}`;

/** What npm looks at before it installs a package on a machine. */
export const MACHINE = {
  os: [process.platform],
  cpu: [process.arch],
  ...(process.platform === 'linux' ? {libc: ['glibc']} : {}),
};

/** The repository, which npm's provenance wants in every package; known where a release is made. */
export function repositoryFields() {
  const {GITHUB_SERVER_URL, GITHUB_REPOSITORY} = process.env;
  if (!GITHUB_SERVER_URL || !GITHUB_REPOSITORY) return {};
  const url = `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}`;
  return {repository: {type: 'git', url: `git+${url}.git`}, homepage: `${url}#readme`, bugs: `${url}/issues`};
}

export function writePackageJson(directory, fields) {
  writeFileSync(join(directory, 'package.json'), `${JSON.stringify(fields, null, 2)}\n`);
}
