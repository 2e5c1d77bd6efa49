import {readFileSync, writeFileSync} from 'node:fs';
import {resolve} from 'node:path';
import {expect, it} from 'vitest';
import {manifestFields} from '../../../tools/docs/manifest-table.js';
import {modelBundlePage} from '../../../tools/docs/model-bundle-page.js';
import {ROOT} from '../../support/python.js';

const PAGE = resolve(ROOT, 'docs/model-bundle.md');

it('docs/model-bundle.md is what the schema of the manifest says', () => {
  if (process.env['UPDATE_DOCS'] !== undefined) writeFileSync(PAGE, modelBundlePage());
  expect(readFileSync(PAGE, 'utf8')).toBe(modelBundlePage());
});

it('every field of the manifest says what it means and what it holds', () => {
  expect(manifestFields().filter(({meaning, type}) => meaning === '' || type === 'anything')).toEqual([]);
});

it.each(['lstm', 'transformer'])('the table has every field of the shipped model %s', (name) => {
  const listed = new Set(manifestFields().map(({path}) => path));
  const manifest: unknown = JSON.parse(readFileSync(resolve(ROOT, `models/${name}/manifest.json`), 'utf8'));
  expect(pathsOf(manifest).filter((path) => !listed.has(path))).toEqual([]);
});

/** Dotted paths of all that a manifest holds; what has names of its own choice ends them. */
function pathsOf(value: unknown, prefix = ''): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item) => pathsOf(item, `${prefix}[]`)).filter(isNested);
  if (typeof value !== 'object' || value === null) return [];
  if (['trainedOn.versions', 'metrics.values'].includes(prefix)) return [];
  return Object.entries(value).flatMap(([key, item]) => {
    const path = prefix === '' ? key : `${prefix}.${key}`;
    return [path, ...pathsOf(item, path)];
  });
}

function isNested(path: string): boolean {
  return path.includes('[].');
}
