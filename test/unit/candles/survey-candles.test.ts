import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {readCandleColumns} from '../../../src/candles/candle-columns.js';
import {surveyCandles} from '../../../src/candles/survey-candles.js';
import {writeCandles} from '../../../src/candles/write-candles.js';
import {createTable} from '../../../src/files/table-writer.js';
import {rejected} from '../../support/caught.js';
import {FIVE_MINUTES, candleAt} from '../../support/candles.js';
import {useTemporaryDirectory} from '../../support/temporary-directory.js';

const directory = useTemporaryDirectory();
const HOUR = {name: '1h', ms: 3_600_000};

describe('surveyCandles', () => {
  it.each(['a.csv', 'a.csv.gz', 'a.parquet'])('says what %s holds, gaps as they are', async (name) => {
    const steps = [0, 1, 2, 5, 6, 40, 41, 42];
    await writeCandles(
      directory.path(name),
      steps.map((step) => candleAt(step)),
    );
    expect(await surveyCandles(directory.path(name), FIVE_MINUTES)).toEqual({
      first: candleAt(0),
      last: {...candleAt(42)},
      candles: 8,
      gaps: [
        {fromMs: candleAt(3).openTimeMs, toMs: candleAt(4).openTimeMs, missing: 2, filled: false},
        {fromMs: candleAt(7).openTimeMs, toMs: candleAt(39).openTimeMs, missing: 33, filled: false},
      ],
    });
    expect(await readCandleColumns(directory.path(name))).toHaveLength(6);
  });

  it('finds nothing in a file without candles', async () => {
    const header = directory.write('header.csv', 'timestamp,open,high,low,close,volume\n');
    expect(await surveyCandles(header, FIVE_MINUTES)).toBeUndefined();
    expect(await surveyCandles(directory.write('empty.csv', ''), FIVE_MINUTES)).toBeUndefined();
    expect(await readCandleColumns(directory.path('empty.csv'))).toEqual([]);
  });

  it('goes by the timeframe that is asked for where the file holds one candle', async () => {
    await writeCandles(directory.path('one.csv'), [candleAt(0)]);
    expect(await surveyCandles(directory.path('one.csv'), HOUR)).toMatchObject({candles: 1, gaps: []});
  });

  it('refuses candles of another timeframe', async () => {
    await writeCandles(directory.path('5m.csv'), [candleAt(0), candleAt(1), candleAt(2)]);
    const error = await rejected(surveyCandles(directory.path('5m.csv'), HOUR));
    expect(error).toMatchObject({code: 'OUTPUT_MISMATCH', exitCode: 2});
    expect(error.message).toMatch(/holds 5m candles, where 1h was asked for; name another --out/);
  });

  it.each(['b.csv', 'b.parquet'])('refuses columns that going on would lose (%s)', async (name) => {
    const columns = ['open', 'high', 'low', 'close', 'volume', 'trades'];
    const table = await createTable(directory.path(name), {columns, digits: 'shortest'});
    for (const step of [0, 1, 2]) await table.write(candleAt(step).openTimeMs, [100, 101, 99, 100, 1, 7]);
    await table.commit();
    const error = await rejected(surveyCandles(directory.path(name), FIVE_MINUTES));
    expect(error).toMatchObject({code: 'OUTPUT_MISMATCH'});
    expect(error.message).toContain('has the columns timestamp,open,high,low,close,volume,trades, want');
  });

  it('refuses what is no candle file', async () => {
    const text = directory.write('README.md', '# Not candles\n');
    expect(await rejected(surveyCandles(text, HOUR))).toMatchObject({code: 'CANDLES_INVALID', exitCode: 3});
    expect(await rejected(surveyCandles(join(text, '..'), HOUR))).toMatchObject({code: 'FILE_UNREADABLE'});
    const parquet = directory.write('x.parquet', 'PAR1 and no more');
    expect(await rejected(readCandleColumns(parquet))).toMatchObject({code: 'FILE_UNREADABLE'});
  });
});
