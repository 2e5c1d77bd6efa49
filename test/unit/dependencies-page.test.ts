import {readFileSync} from 'node:fs';
import {resolve} from 'node:path';
import {expect, it} from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');

function json(path: string): Record<string, unknown> {
  return JSON.parse(readFileSync(resolve(ROOT, path), 'utf8')) as Record<string, unknown>;
}

it('docs/dependencies.md names every package that an installation brings, with its licence', () => {
  const page = readFileSync(resolve(ROOT, 'docs/dependencies.md'), 'utf8');
  const listed = [...page.matchAll(/^\| `([^`]+)` \| ([^|]+) \|/gm)].map(([, name, licence]) => [
    name,
    licence!.trim(),
  ]);
  const installed = Object.keys(json('package.json')['dependencies'] as object).map((name) => [
    name,
    json(`node_modules/${name}/package.json`)['license'],
  ]);
  expect(listed).toEqual(installed);
});
