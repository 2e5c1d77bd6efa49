import {readFileSync} from 'node:fs';
import {resolve} from 'node:path';
import {expect, it} from 'vitest';
import {BROUGHT_ALONG} from '../../tools/pack/licences.mjs';
import {shippedPackages, type Lock} from '../../tools/verify/supply-chain.mjs';

const ROOT = resolve(import.meta.dirname, '../..');

function json(path: string): Record<string, unknown> {
  return JSON.parse(readFileSync(resolve(ROOT, path), 'utf8')) as Record<string, unknown>;
}

it('docs/dependencies.md names every package that an installation brings, with its licence', () => {
  const page = readFileSync(resolve(ROOT, 'docs/dependencies.md'), 'utf8');
  const [first] = page.split('An installation brings');
  const listed = [...first!.matchAll(/^\| `([^`]+)` \| ([^|]+) \|/gm)].map(([, name, licence]) => [
    name,
    licence!.trim(),
  ]);
  const installed = Object.keys(json('package.json')['dependencies'] as object).map((name) => [
    name,
    json(`node_modules/${name}/package.json`)['license'],
  ]);
  expect(listed).toEqual(installed);
});

it('docs/dependencies.md says how many packages an installation brings, and which of them run a script', () => {
  const page = readFileSync(resolve(ROOT, 'docs/dependencies.md'), 'utf8');
  const lock = json('package-lock.json') as unknown as Lock & {
    packages: Record<string, {hasInstallScript?: boolean; dev?: boolean}>;
  };
  expect(page).toContain(`An installation brings ${String(shippedPackages(lock).length)} packages in all`);
  const scripts = Object.entries(lock.packages)
    .filter(([, {hasInstallScript, dev}]) => hasInstallScript === true && dev !== true)
    .map(([path]) => path.replace('node_modules/', ''));
  const [, table] = page.split('| package | its script |');
  expect([...table!.matchAll(/^\| `([^`]+)` \|/gm)].map(([, name]) => name)).toEqual(scripts);
});

it('docs/dependencies.md names what LibTorch brings along, with its licence', () => {
  const page = readFileSync(resolve(ROOT, 'docs/dependencies.md'), 'utf8');
  for (const {name, version, licence} of BROUGHT_ALONG)
    expect(page).toContain(`| \`${name}\` ${version} | ${licence} |`);
});
