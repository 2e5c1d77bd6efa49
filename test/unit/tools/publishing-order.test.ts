import {expect, it} from 'vitest';
import {PREBUILT_PLATFORMS} from '../../../src/model/addon-places.js';
import {publishingOrder} from '../../../tools/pack/publish.mjs';

const addons = PREBUILT_PLATFORMS.map((platform) => `dl-trade-${platform}-0.1.0.tgz`);
const libtorch = ['linux-x64', 'linux-arm64', 'darwin-arm64'].map(
  (platform) => `dl-trade-libtorch-${platform}-2.13.0.tgz`,
);

it('what others need is published before them, dl-trade last', () => {
  const order = publishingOrder(['sbom.cdx.json', 'dl-trade-0.1.0.tgz', ...addons, ...libtorch]);
  expect(order).toEqual([...libtorch.toSorted(), ...addons.toSorted(), 'dl-trade-0.1.0.tgz']);
});

it('nothing is published where a package is missing or a stranger among them', () => {
  expect(() => publishingOrder(addons)).toThrow('0 main packages');
  expect(() => publishingOrder(['dl-trade-0.1.0.tgz', ...libtorch])).toThrow('0 addons');
  expect(() => publishingOrder(['dl-trade-0.1.0.tgz', 'dl-trade-0.1.1.tgz', ...addons])).toThrow(
    '2 main packages',
  );
  expect(() => publishingOrder(['dl-trade-0.1.0.tgz', 'other-0.1.0.tgz', ...addons])).toThrow(
    '"other-0.1.0.tgz" is no package',
  );
});
