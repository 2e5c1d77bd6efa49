import {existsSync, readFileSync, readdirSync} from 'node:fs';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import {describe, expect, it} from 'vitest';
import {ROOT} from '../../support/python.js';

const PAGE = readFileSync(join(ROOT, 'docs/architecture.md'), 'utf8');

/** Rows of laws: the file of the test and the title that is to stand in it. */
function lawsOf(page: string): readonly {file: string; title: string}[] {
  return [...page.matchAll(/^\| .* \| \[[^\]]+\]\(\.\.\/(test\/[^)]+)\): "(.*)" \|$/gm)].map(
    ([, file, title]) => ({file: file!, title: title!}),
  );
}

function unprovenLaws(page: string): readonly string[] {
  return lawsOf(page)
    .filter(({file, title}) => {
      const path = join(ROOT, file);
      return !existsSync(path) || !readFileSync(path, 'utf8').includes(`'${title}'`);
    })
    .map(({file, title}) => `${file}: ${title}`);
}

describe('docs/architecture.md', () => {
  it('has the layers that the linter knows, each with what it may import', async () => {
    const config = (await import(pathToFileURL(join(ROOT, 'eslint.config.js')).href)) as {
      LAYERS: Record<string, string[]>;
    };
    const rows = [...PAGE.matchAll(/^\| `([a-z]+)` \| [^|]+ \| ([^|]+) \|$/gm)].map(([, name, imports]) => [
      name,
      [...imports!.matchAll(/`([a-z]+)`/g)].map(([, layer]) => layer),
    ]);
    expect(Object.fromEntries(rows)).toEqual(config.LAYERS);
  });

  it('has every folder of the sources', () => {
    const folders = readdirSync(join(ROOT, 'src'), {withFileTypes: true}).filter((entry) =>
      entry.isDirectory(),
    );
    for (const {name} of folders) expect(PAGE).toContain(`| \`${name}\` |`);
  });

  it('names for each law a test that exists', () => {
    expect(lawsOf(PAGE).length).toBeGreaterThan(10);
    expect(unprovenLaws(PAGE)).toEqual([]);
  });

  it('is found out where a test was renamed or a file is gone', () => {
    const renamed = PAGE.replace('"runs nothing"', '"runs something"').replace(
      'test/property/ledger.test.ts)',
      'test/property/books.test.ts)',
    );
    expect(unprovenLaws(renamed)).toEqual([
      'test/property/books.test.ts: conserves value to fees, to the last digit',
      'test/native/corpus.test.ts: runs something',
    ]);
  });
});
