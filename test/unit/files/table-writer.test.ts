import {existsSync, mkdirSync, readdirSync, readFileSync} from 'node:fs';
import {open} from 'node:fs/promises';
import {gunzipSync} from 'node:zlib';
import {asyncBufferFromFile, parquetReadObjects} from 'hyparquet';
import {afterEach, describe, expect, it, vi} from 'vitest';
import {createTable, tableFormatOf} from '../../../src/files/table-writer.js';
import {useTemporaryDirectory} from '../../support/temporary-directory.js';

const directory = useTemporaryDirectory();

afterEach(() => vi.restoreAllMocks());

const NASTY = [0.1, 1 / 3, 5e-324, 1.7976931348623157e308, -0.5, 123456789.12345679, 1e21, 0];

async function failWritesAfter(count: number): Promise<void> {
  const handle = await open(directory.write('probe', ''));
  const prototype = Object.getPrototypeOf(handle) as typeof handle;
  await handle.close();
  const original = Reflect.get<typeof handle, 'writeFile'>(prototype, 'writeFile');
  let calls = 0;
  vi.spyOn(prototype, 'writeFile').mockImplementation(function (this: typeof handle, data) {
    calls += 1;
    if (calls <= count) return original.call(this, data);
    return Promise.reject(Object.assign(new Error('ENOSPC'), {code: 'ENOSPC'}));
  });
}

describe('createTable', () => {
  it('writes CSV with 17 significant digits, whole numbers as they are', async () => {
    const path = directory.path('17.csv');
    const table = await createTable(path, {columns: ['a', 'b'], digits: 17});
    await table.write(1_704_067_200_000, [0.1, 50]);
    await table.commit();
    expect(readFileSync(path, 'utf8')).toBe('timestamp,a,b\n1704067200000,0.10000000000000001,50\n');
  });

  it.each(['shortest', 17] as const)(
    'writes numbers that read back as the same doubles (%s)',
    async (digits) => {
      const path = directory.path(`round-${String(digits)}.csv.gz`);
      const table = await createTable(path, {columns: NASTY.map((_, i) => `c${String(i)}`), digits});
      await table.write(0, NASTY);
      await table.commit();
      const row = gunzipSync(readFileSync(path)).toString().split('\n')[1]!;
      expect(row.split(',').slice(1).map(Number)).toEqual(NASTY);
    },
  );

  it('writes Parquet of several row groups that reads back to the bit', async () => {
    const path = directory.path('many.parquet');
    const table = await createTable(path, {columns: ['a', 'b'], digits: 17});
    for (let i = 0; i < 40_000; i++) await table.write(i * 60_000, [Math.sin(i), NASTY[i % NASTY.length]!]);
    await table.commit();
    const rows = await parquetReadObjects({file: await asyncBufferFromFile(path)});
    expect(rows).toHaveLength(40_000);
    expect(rows[16_384]).toEqual({timestamp: BigInt(16_384 * 60_000), a: Math.sin(16_384), b: 0.1});
    expect(rows[39_999]!['a']).toBe(Math.sin(39_999));
  });

  it('writes a table without rows', async () => {
    for (const name of ['none.csv', 'none.csv.gz', 'none.parquet']) {
      const table = await createTable(directory.path(name), {columns: ['a'], digits: 17});
      await table.commit();
      expect(existsSync(directory.path(name))).toBe(true);
    }
    expect(readFileSync(directory.path('none.csv'), 'utf8')).toBe('timestamp,a\n');
  });

  it.each(['csv', 'csv.gz', 'parquet'])(
    'leaves nothing when a .%s is aborted or the disk is full',
    async (format) => {
      const folder = `full-${format}`;
      mkdirSync(directory.path(folder));
      const aborted = await createTable(directory.path(`${folder}/x.${format}`), {
        columns: ['a'],
        digits: 17,
      });
      await aborted.write(0, [1]);
      await aborted.abort();
      expect(readdirSync(directory.path(folder))).toEqual([]);

      await failWritesAfter(0);
      const table = await createTable(directory.path(`${folder}/y.${format}`), {columns: ['a'], digits: 17});
      const fill = async (): Promise<void> => {
        for (let i = 0; i < 300_000; i++) await table.write(i, [Math.sin(i)]);
        await table.commit();
      };
      await expect(fill()).rejects.toMatchObject({code: 'OUTPUT_FAILED', exitCode: 1});
      await table.abort();
      vi.restoreAllMocks();
      expect(readdirSync(directory.path(folder))).toEqual([]);
    },
  );

  it('reports a disk that fills up at the very end of a gzipped table', async () => {
    mkdirSync(directory.path('late'));
    const table = await createTable(directory.path('late/x.csv.gz'), {columns: ['a'], digits: 17});
    await failWritesAfter(1);
    await table.write(0, [1]);
    await expect(table.commit()).rejects.toMatchObject({code: 'OUTPUT_FAILED'});
    vi.restoreAllMocks();
    expect(readdirSync(directory.path('late'))).toEqual([]);
  });
});

describe('tableFormatOf', () => {
  it('goes by the end of the name', () => {
    expect(tableFormatOf('x/a.csv')).toBe('csv');
    expect(tableFormatOf('A.CSV.GZ')).toBe('csv.gz');
    expect(tableFormatOf('a.parquet')).toBe('parquet');
  });

  it('takes any other for CSV', () => {
    expect(tableFormatOf('features')).toBe('csv');
    expect(tableFormatOf('-')).toBe('csv');
    expect(tableFormatOf('/dev/stdout')).toBe('csv');
  });
});
