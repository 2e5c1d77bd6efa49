import {createHash} from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import {dirname, join} from 'node:path';

/** One hash over the contents and names of files and folders, in a fixed order; what is missing counts as empty.
 *  @param {string} root @param {string[]} paths relative to root @param {string[]} extras further text */
export function fingerprint(root, paths, extras = []) {
  const hash = createHash('sha256');
  for (const path of paths.flatMap((path) => filesBelow(root, path))) {
    hash
      .update(path)
      .update('\0')
      .update(readFileSync(join(root, path)))
      .update('\0');
  }
  for (const extra of extras) hash.update(extra).update('\0');
  return hash.digest('hex');
}

function filesBelow(root, path) {
  const full = join(root, path);
  if (!existsSync(full)) return [];
  if (statSync(full).isFile()) return [path];
  return readdirSync(full)
    .filter((name) => name !== '__pycache__')
    .sort()
    .flatMap((name) => filesBelow(root, `${path}/${name}`));
}

/** Does a step unless its stamp says that it was done for the same inputs and that what it made is still there.
 *  @param {{file: string, inputs: string, products: string[], work: () => void}} step
 *  @returns {boolean} whether work was done */
export function once({file, inputs, products, work}) {
  const done =
    existsSync(file) && readFileSync(file, 'utf8') === inputs && products.every((path) => existsSync(path));
  if (done) return false;
  rmSync(file, {force: true});
  work();
  mkdirSync(dirname(file), {recursive: true});
  writeFileSync(`${file}.tmp`, inputs);
  renameSync(`${file}.tmp`, file);
  return true;
}
