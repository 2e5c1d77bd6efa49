import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {describe, expect, it} from 'vitest';
import {findPython, runPython} from '../support/python.js';

const python = findPython('numpy', 'pandas', 'statsmodels', 'pandas_market_calendars');
const CHECKED_IN = resolve(import.meta.dirname, '../fixtures/features/nyse-closures.json');

describe.skipIf(python === undefined)('the checked-in NYSE closures', () => {
  it('are those of the installed pandas_market_calendars', () => {
    const folder = mkdtempSync(join(tmpdir(), 'dl-trade-nyse-'));
    try {
      const out = join(folder, 'closures.json');
      runPython(python!, 'tools/reference/make_nyse_reference.py', '--out', out);
      const closuresIn = (path: string) =>
        (JSON.parse(readFileSync(path, 'utf8')) as {closures: unknown}).closures;
      expect(closuresIn(CHECKED_IN)).toEqual(closuresIn(out));
    } finally {
      rmSync(folder, {recursive: true});
    }
  }, 120_000);
});
