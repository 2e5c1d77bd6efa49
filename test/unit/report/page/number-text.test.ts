import {expect, it} from 'vitest';
import {
  NONE,
  duration,
  optional,
  probability,
  ratio,
  share,
  signedMoney,
  signedPercent,
} from '../../../../src/report/page/number-text.js';

const HOUR_MS = 3_600_000;

it.each([
  [45_000, '45 s'],
  [300_000, '5 min'],
  [HOUR_MS, '1 h'],
  [1.5 * HOUR_MS, '1 h 30 min'],
  [24 * HOUR_MS, '1 d'],
  [30 * HOUR_MS, '1 d 6 h'],
  [99.5 * 24 * HOUR_MS, '99 d 12 h'],
  [608.2 * 24 * HOUR_MS, '608 d'],
])('%d ms are %s', (ms, text) => {
  expect(duration(ms)).toBe(text);
});

it('writes gains with their sign', () => {
  expect([signedPercent(0.0123), signedPercent(-0.5), signedPercent(0)]).toEqual([
    '+1.23%',
    '-50.00%',
    '0.00%',
  ]);
  expect([signedMoney(1234.5), signedMoney(-2), signedMoney(0)]).toEqual(['+1,234.50', '-2.00', '0.00']);
});

it('writes every other kind of number in one way', () => {
  expect([ratio(1.5), share(0.6914), probability(0.60224)]).toEqual(['1.50', '69.1%', '0.602']);
  expect([optional(null, ratio), optional(2, ratio)]).toEqual([NONE, '2.00']);
});
