import {readFileSync} from 'node:fs';
import {gunzipSync} from 'node:zlib';
import {describe, expect, it} from 'vitest';
import {readCandles} from '../../../src/candles/read-candles.js';
import {writeCandles} from '../../../src/candles/write-candles.js';
import {LATE_CLOCK, candleAt} from '../../support/candles.js';
import {useTemporaryDirectory} from '../../support/temporary-directory.js';

const directory = useTemporaryDirectory();

describe('writeCandles', () => {
  it('writes the header and the shortest numbers that read back the same', async () => {
    const path = directory.path('a.csv');
    expect(await writeCandles(path, [candleAt(0, {close: 100.1})])).toBe(1);
    expect(readFileSync(path, 'utf8')).toBe(
      'timestamp,open,high,low,close,volume\n1704067200000,100,102,99,100.1,10\n',
    );
  });

  it.each(['csv', 'csv.gz', 'parquet'])('leaves filled candles to the reader of a .%s', async (format) => {
    const path = directory.path(`gapped.${format}`);
    const flat = {open: 101, high: 101, low: 101, close: 101, volume: 0};
    const candles = [
      candleAt(0),
      candleAt(1, {...flat, filled: true}),
      candleAt(2),
      candleAt(9, {afterGap: true}),
    ];
    const steady = [10, 11, 12, 13].map((step) => candleAt(step));
    expect(await writeCandles(path, [...candles, ...steady])).toBe(7);
    expect((await readCandles(path, {clock: LATE_CLOCK})).history).toEqual([...candles, ...steady]);
  });

  it('leaves the old file where the candles fail on the way', async () => {
    const path = directory.write('old.csv.gz', 'old');
    async function* failing() {
      yield await Promise.resolve(candleAt(0));
      throw new Error('lost');
    }
    await expect(writeCandles(path, failing())).rejects.toThrow('lost');
    expect(readFileSync(path, 'utf8')).toBe('old');
  });

  it('really compresses', async () => {
    const path = directory.path('b.csv.gz');
    await writeCandles(path, [candleAt(0), candleAt(1)]);
    expect(gunzipSync(readFileSync(path)).toString().split('\n')).toHaveLength(4);
  });
});
