import {readFileSync, writeFileSync} from 'node:fs';
import {resolve} from 'node:path';
import {expect, it} from 'vitest';
import {candlesToCsv} from '../../support/candle-csv.js';
import {fixtureCandles} from '../../support/fixture-candles.js';

const FILE = resolve(import.meta.dirname, '../../fixtures/features/candles.csv');

it('the checked-in candles are those of their generator, to the byte', () => {
  if (process.env['UPDATE_FIXTURES'] === '1') writeFileSync(FILE, candlesToCsv(fixtureCandles()));
  expect(readFileSync(FILE, 'utf8')).toBe(candlesToCsv(fixtureCandles()));
});
