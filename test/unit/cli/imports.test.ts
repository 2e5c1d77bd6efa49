import {readFileSync, readdirSync} from 'node:fs';
import {join} from 'node:path';
import {expect, it} from 'vitest';

const SRC = join(import.meta.dirname, '../../../src');

/** What the package exports, by name, with the file that it stands in. */
function exported(): ReadonlyMap<string, string> {
  const index = readFileSync(join(SRC, 'index.ts'), 'utf8');
  const names = [...index.matchAll(/export \{([^}]*)\} from '\.\/([^']+)'/g)].flatMap(([, list, file]) =>
    list!.split(',').map((name) => [name.trim(), file!] as const),
  );
  return new Map(names);
}

/** What the commands load of the rest of the package when they run: `[command's file, name, file]`. */
function loaded(): (readonly [string, string, string])[] {
  return readdirSync(join(SRC, 'cli')).flatMap((file) => {
    const text = readFileSync(join(SRC, 'cli', file), 'utf8');
    return [...text.matchAll(/const \{([^}]*)\} =\s*await import\('\.\.\/([^']+)'\)/g)].flatMap(
      ([, list, from]) => list!.split(',').map((name) => [file, name.trim(), from!] as const),
    );
  });
}

it('every command loads only what the package exports, from the file where that stands', () => {
  const offered = exported();
  const used = loaded();
  expect(used.length).toBeGreaterThan(15);
  expect(used.filter(([, name, from]) => offered.get(name) !== from)).toEqual([]);
});

it('no command loads the whole package, which costs it half of its start', () => {
  for (const file of readdirSync(join(SRC, 'cli')))
    expect(readFileSync(join(SRC, 'cli', file), 'utf8'), file).not.toMatch(
      /(?:import\(|^import (?!type).*)'\.\.\/index\.js'/m,
    );
});

it('main.ts names each command by the name that it gives itself', () => {
  const main = readFileSync(join(SRC, 'cli/main.ts'), 'utf8');
  const listed = [...main.matchAll(/^ {2}'?([a-z-]+)'?: async \(program\)/gm)].map(([, name]) => name);
  const own = readdirSync(join(SRC, 'cli')).flatMap((file) =>
    [...readFileSync(join(SRC, 'cli', file), 'utf8').matchAll(/\.command\('([a-z-]+)'\)/g)].map(
      ([, name]) => name,
    ),
  );
  expect(listed.length).toBe(15);
  expect(listed.toSorted()).toEqual(own.toSorted());
});
