import {expect, it} from 'vitest';
import {sortedOrder} from '../../../../src/report/page/sorted-order.js';

it('orders numbers by size and words by their letters', () => {
  expect(sortedOrder([10, 9, -1], false)).toEqual([2, 1, 0]);
  expect(sortedOrder(['b', 'a', 'c'], true)).toEqual([2, 0, 1]);
});

it('keeps the order of equal values, whichever way it goes', () => {
  expect(sortedOrder([1, 0, 1, 0], false)).toEqual([1, 3, 0, 2]);
  expect(sortedOrder([1, 0, 1, 0], true)).toEqual([0, 2, 1, 3]);
});
