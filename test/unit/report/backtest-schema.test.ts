import {readFileSync, writeFileSync} from 'node:fs';
import {resolve} from 'node:path';
import {expect, it} from 'vitest';
import {backtestSchema} from '../../../tools/docs/backtest-schema.js';

const SCHEMA = resolve(import.meta.dirname, '../../../docs/backtest.schema.json');

it('docs/backtest.schema.json is what the code says', () => {
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(SCHEMA, backtestSchema());
  expect(readFileSync(SCHEMA, 'utf8')).toBe(backtestSchema());
});
