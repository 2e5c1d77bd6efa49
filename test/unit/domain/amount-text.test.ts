import {expect, it} from 'vitest';
import {moment} from '../../../src/domain/amount-text.js';

it('shows seconds only where candles are shorter than a minute', () => {
  const timeMs = Date.UTC(2024, 1, 3, 4, 5, 6);
  expect([moment(timeMs, 3_600_000), moment(timeMs, 1000)]).toEqual([
    '2024-02-03 04:05',
    '2024-02-03 04:05:06',
  ]);
});
