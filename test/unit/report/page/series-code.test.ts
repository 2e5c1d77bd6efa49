import fc from 'fast-check';
import {expect, it} from 'vitest';
import {decimalsOf, decodeSeries, encodeSeries} from '../../../../src/report/page/series-code.js';

it('decodes what was encoded, to the decimals that were kept', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({min: -(2 ** 40), max: 2 ** 40}), {maxLength: 300}),
      fc.integer({min: 0, max: 3}),
      (wholes, decimals) => {
        const values = wholes.map((whole) => whole / 10 ** decimals);
        expect(Array.from(decodeSeries(encodeSeries(values, decimals)))).toEqual(
          // A whole number has no sign at 0.
          values.map((value) => value + 0),
        );
      },
    ),
  );
});

it('rounds what has more decimals, without adding the errors up', () => {
  const values = Array.from({length: 10_000}, (_, i) => i / 7);
  const decoded = decodeSeries(encodeSeries(values, 2));
  expect(Math.max(...values.map((value, i) => Math.abs(value - decoded[i]!)))).toBeLessThan(0.00501);
});

it('keeps every decimal of prices', () => {
  const prices = [29_015.5, 0.1 + 0.2, 29_448.25];
  expect(decimalsOf([29_015.5, 29_448.25])).toBe(2);
  expect(decimalsOf([1, 2, 3])).toBe(0);
  expect(decimalsOf([0.00001234])).toBe(8);
  expect(decimalsOf([])).toBe(0);
  expect(Array.from(decodeSeries(encodeSeries(prices, decimalsOf(prices))))[2]).toBe(29_448.25);
});

it('takes no more decimals than whole numbers can carry', () => {
  expect(decimalsOf([1e15 + 0.5])).toBe(0);
  expect(decimalsOf([123_456_789.123456789])).toBeLessThanOrEqual(7);
});

it('takes a byte a candle where steps are even', () => {
  const {bytes, count} = encodeSeries(
    Array.from({length: 3000}, (_, i) => 1_700_000 + i),
    0,
  );
  expect(count).toBe(3000);
  expect(bytes.length).toBeLessThan((3010 * 4) / 3);
});
