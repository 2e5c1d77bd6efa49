import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {ROOT} from '../../support/python.js';

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** Numbers as they are written, without those that are part of a name (`float32`, `AVX-512`, `BTCUSDT-5m.csv`). */
function numbersOf(text: string): readonly string[] {
  const measured = text.replaceAll(/```sh\n[\s\S]*?```/g, '').replaceAll(/\]\([^)]*\)/g, ']');
  return [...measured.matchAll(/(?<![\w.,-])\d[\d,]*(?:\.\d+)*(?:e-?\d+)?(?![\w-]|[.,]\d)/g)].map(
    ([number]) => number,
  );
}

function strangers(page: string, results: string): readonly string[] {
  const known = new Set(numbersOf(results));
  return [...new Set(numbersOf(page).filter((number) => !known.has(number)))];
}

describe('docs/benchmarks.md', () => {
  it('has no number that is not in bench/RESULTS.md', () => {
    const page = read('docs/benchmarks.md');
    expect(numbersOf(page).length).toBeGreaterThan(80);
    expect(strangers(page, read('bench/RESULTS.md'))).toEqual([]);
  });

  it('is found out where a number was changed', () => {
    const page = read('docs/benchmarks.md').replace('1.05 (0.32)', '1.04 (0.32)').replace('1,518', '1,519');
    expect(strangers(page, read('bench/RESULTS.md'))).toEqual(['1.04', '1,519']);
  });
});
