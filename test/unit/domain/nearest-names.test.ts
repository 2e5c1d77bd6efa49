import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {nearestNames} from '../../../src/domain/nearest-names.js';

const EXCHANGES = [
  'binance',
  'binanceus',
  'bitfinex',
  'bybit',
  'coinbase',
  'coinbaseexchange',
  'kraken',
  'okx',
];

describe('nearestNames', () => {
  it.each([
    ['binanse', ['binance']],
    ['Kraken', ['kraken']],
    ['coinbas', ['coinbase', 'coinbaseexchange']],
    ['coinbasepro', ['coinbase']],
    ['ok', ['okx']],
    ['nowhere', []],
    ['', []],
  ])('finds for %j %j', (name, near) => {
    expect(nearestNames(name, EXCHANGES)).toEqual(near);
  });

  it('puts the name itself first, and gives three at most', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.stringMatching(/^[a-z]{1,9}$/), {minLength: 1}), (names) => {
        const near = nearestNames(names[0]!, names);
        expect(near[0]).toBe(names[0]);
        expect(near.length).toBeLessThanOrEqual(3);
      }),
    );
  });
});
