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

/** The repository's address, known where a release is made. */
function repositoryUrl() {
  const {GITHUB_SERVER_URL, GITHUB_REPOSITORY} = process.env;
  return GITHUB_SERVER_URL && GITHUB_REPOSITORY ? `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}` : undefined;
}

/** The repository, which npm's provenance wants in every package; nothing where it is not known. */
export function repositoryFields() {
  const url = repositoryUrl();
  if (url === undefined) return {};
  return {repository: {type: 'git', url: `git+${url}.git`}, homepage: `${url}#readme`, bugs: `${url}/issues`};
}

/** Where the repository shows the files of a release; undefined where it is not known. */
export function releasedFilesUrl(version) {
  const url = repositoryUrl();
  return url === undefined ? undefined : `${url}/blob/v${version}`;
}

export function writePackageJson(directory, fields) {
  writeFileSync(join(directory, 'package.json'), `${JSON.stringify(fields, null, 2)}\n`);
}
