import {cpSync, existsSync, readFileSync, readdirSync, writeFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {join, sep} from 'node:path';
import {releasedFilesUrl, repositoryFields, writePackageJson} from './package-files.mjs';
import {rewriteLinks} from './packed-links.mjs';

// What a developer needs and a user does not.
const NOT_SHIPPED = ['scripts', 'devDependencies', 'gypfile', 'binary'];

/** `dl-trade`: as package.json says, with the addons of all platforms as optional dependencies, of which npm installs the fitting one.
 *  They stand in the published package alone: a clone builds its own. */
export function stageMainPackage(root, directory) {
  const own = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const {PREBUILT_PLATFORMS} = createRequire(import.meta.url)(join(root, 'dist/model/addon-places.js'));
  for (const path of own.files) {
    // Their sources are not shipped.
    cpSync(join(root, path), join(directory, path), {
      recursive: true,
      filter: (file) => !file.endsWith('.map'),
    });
  }
  leadLinksSomewhere(directory, releasedFilesUrl(own.version));
  const kept = Object.entries(own).filter(([field]) => !NOT_SHIPPED.includes(field));
  writePackageJson(directory, {
    ...Object.fromEntries(kept),
    ...repositoryFields(),
    optionalDependencies: Object.fromEntries(
      PREBUILT_PLATFORMS.map((platform) => [`@dl-trade/${platform}`, own.version]),
    ),
  });
  return own.name;
}

/** Not all that the documentation names is packed. */
function leadLinksSomewhere(directory, repository) {
  const isPacked = (path) => existsSync(join(directory, path));
  for (const file of readdirSync(directory, {recursive: true})) {
    if (!file.endsWith('.md')) continue;
    const place = join(directory, file);
    const page = file.replaceAll(sep, '/');
    writeFileSync(place, rewriteLinks(readFileSync(place, 'utf8'), {page, isPacked, repository}));
  }
}
