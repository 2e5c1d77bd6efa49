import {readFileSync, writeFileSync} from 'node:fs';
import {resolve} from 'node:path';
import {expect, it} from 'vitest';
import {featuresPage} from '../../../tools/docs/features-page.js';

const PAGE = resolve(import.meta.dirname, '../../../docs/features.md');

it('docs/features.md is what the schema says', () => {
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(PAGE, featuresPage());
  expect(readFileSync(PAGE, 'utf8')).toBe(featuresPage());
});
