import {readFileSync, writeFileSync} from 'node:fs';
import {resolve} from 'node:path';
import {expect, it} from 'vitest';
import {errorsPage} from '../../../tools/docs/errors-page.js';

const PAGE = resolve(import.meta.dirname, '../../../docs/errors.md');

it('docs/errors.md is what the code says', () => {
  if (process.env['UPDATE_DOCS'] !== undefined) writeFileSync(PAGE, errorsPage());
  expect(readFileSync(PAGE, 'utf8')).toBe(errorsPage());
});
