import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, it} from 'vitest';
import {PREBUILT_PLATFORMS} from '../../../src/model/addon-places.js';
import {distTag, publishingOrder, type PackageToPublish} from '../../../tools/pack/publish.mjs';
import {ROOT} from '../../support/cli.js';

const VERSION = '0.1.0';
const LIBTORCH = '2.13.0';

const libtorch: PackageToPublish[] = PREBUILT_PLATFORMS.filter((platform) => platform !== 'win32-x64').map(
  (platform) => ({name: `@dl-trade/libtorch-${platform}`, version: LIBTORCH}),
);
const addons: PackageToPublish[] = PREBUILT_PLATFORMS.map((platform) => ({
  name: `@dl-trade/${platform}`,
  version: VERSION,
  ...(platform === 'win32-x64' ? {} : {dependencies: {[`@dl-trade/libtorch-${platform}`]: LIBTORCH}}),
}));
const main: PackageToPublish = {
  name: 'dl-trade',
  version: VERSION,
  dependencies: {zod: '^4.0.0'},
  optionalDependencies: Object.fromEntries(
    PREBUILT_PLATFORMS.map((platform) => [`@dl-trade/${platform}`, VERSION]),
  ),
};
const all = [main, ...addons, ...libtorch];

it('what others need is published before them, dl-trade last', () => {
  const order = publishingOrder(all).map(({name}) => name);
  expect(order).toHaveLength(all.length);
  expect(order.at(-1)).toBe('dl-trade');
  for (const {name, dependencies} of addons)
    for (const needed of Object.keys(dependencies ?? {}))
      expect(order.indexOf(needed)).toBeLessThan(order.indexOf(name));
});

it.each(all.map(({name}) => name))('nothing is published where %s is missing', (name) => {
  expect(() => publishingOrder(all.filter((one) => one.name !== name))).toThrow(
    name === 'dl-trade' ? '"dl-trade" itself is missing' : `needs ${name}@`,
  );
});

it('nothing is published where a package has another version than who needs it asks for', () => {
  for (const other of [...addons, ...libtorch]) {
    const mixed = all.map((one) => (one === other ? {...one, version: '0.0.9'} : one));
    expect(() => publishingOrder(mixed)).toThrow(`needs ${other.name}@${other.version}, which is missing`);
  }
});

it('nothing is published where there are strangers or two of one', () => {
  expect(() => publishingOrder([...all, {name: 'other', version: VERSION}])).toThrow(
    '"other" is no package of dl-trade',
  );
  expect(() => publishingOrder([...all, {...main, version: '0.1.1'}])).toThrow('two of "dl-trade"');
});

it('a release candidate is not what `npm install dl-trade` brings', () => {
  expect(['1.2.3', '1.2.3-rc.1'].map(distTag)).toEqual(['latest', 'next']);
});

it('the workflow builds every platform that the package names', () => {
  const workflow = readFileSync(join(ROOT, '.github/workflows/release.yml'), 'utf8');
  const built = [...workflow.matchAll(/\{platform: ([\w-]+), runner/g)].map(([, platform]) => platform);
  expect(built.toSorted()).toEqual([...PREBUILT_PLATFORMS].toSorted());
});
