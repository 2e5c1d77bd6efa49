import {cpSync, existsSync, readFileSync, readdirSync} from 'node:fs';
import {basename, dirname, join} from 'node:path';
import {SetupError} from '../setup/run.mjs';

/** What LibTorch's wheel brings of others beside its own libraries, and does not have the licence of. The texts lie in
 *  native/third_party/<name>; the version is what the library's own notes say. */
export const BROUGHT_ALONG = [
  {
    name: 'libgomp',
    file: /^libgomp[-.]/,
    version: '8.5.0',
    licence: 'GPL-3.0-or-later WITH GCC-exception-3.1',
    purl: 'pkg:generic/libgomp@8.5.0',
  },
];

/** Where Python's wheel says what it is; undefined for an unpacked archive of LibTorch. */
function wheelInfo(libtorch) {
  const site = dirname(libtorch);
  const name = existsSync(site)
    ? readdirSync(site).find((entry) => /^torch-.*\.dist-info$/.test(entry))
    : undefined;
  return name === undefined ? undefined : join(site, name);
}

/** Copies the licences of LibTorch, of what is inside it and of what comes beside it into `licenses/`.
 *  @param {{root: string, libtorch: string, libraries: readonly string[]}} from the libraries that are shipped
 *  @returns {string} the SPDX expression of all of them: the wheel's own, and those of what it brings along
 *  @throws SetupError where LibTorch has none: nothing is shipped without */
export function copyLicences({root, libtorch, libraries}, directory) {
  const info = wheelInfo(libtorch);
  const places = [...(info === undefined ? [] : [join(info, 'licenses')]), join(libtorch, 'licenses')];
  const licences = places.find((path) => existsSync(join(path, 'LICENSE')));
  if (licences === undefined) {
    throw new SetupError(
      `no licence of LibTorch lies at ${libtorch}`,
      "take the LibTorch of Python's torch: its wheel has them",
    );
  }
  const target = join(directory, 'licenses');
  cpSync(licences, target, {recursive: true});
  const along = BROUGHT_ALONG.filter(({file}) => libraries.some((path) => file.test(basename(path))));
  for (const {name} of along)
    cpSync(join(root, 'native/third_party', name), join(target, name), {recursive: true});
  return [expressionOf(info), ...along.map(({licence}) => licence)].join(' AND ');
}

function expressionOf(info) {
  const metadata = info === undefined ? '' : readFileSync(join(info, 'METADATA'), 'utf8');
  return /^License-Expression: (.+)$/m.exec(metadata)?.[1].trim() ?? 'BSD-3-Clause';
}
