import {gzipSync} from 'node:zlib';
import {parquetWriteFile} from 'hyparquet-writer';
import {describe, expect, it} from 'vitest';
import {CandleFile, readCandles} from '../../../src/candles/read-candles.js';
import {FIVE_MINUTES, LATE_CLOCK, START_MS, candleAt, realCandlesPath} from '../../support/candles.js';
import {useTemporaryDirectory} from '../../support/temporary-directory.js';

const directory = useTemporaryDirectory();
const HEADER = 'timestamp,open,high,low,close,volume';
const LATE = {clock: LATE_CLOCK};

/** A row that is `candleAt(step)`, with cells changed by position. */
function row(step: number, changes: Readonly<Record<number, string>> = {}): string {
  const {openTimeMs, open, high, low, close, volume} = candleAt(step);
  return [openTimeMs, open, high, low, close, volume].map((cell, i) => changes[i] ?? String(cell)).join(',');
}

let files = 0;

function csv(lines: readonly string[], end = '\n'): string {
  files += 1;
  return directory.write(`candles-${String(files)}.csv`, lines.join('\n') + end);
}

function withBadRow(changes: Readonly<Record<number, string>>): string {
  return csv([HEADER, row(0), row(1), row(2, changes), row(3)]);
}

describe('readCandles on a sound file', () => {
  it('reads every candle and the timeframe', async () => {
    const read = await readCandles(csv([HEADER, row(0), row(1), row(2)]), LATE);
    expect(read.timeframe).toEqual(FIVE_MINUTES);
    expect(read.history).toEqual([candleAt(0), candleAt(1), candleAt(2)]);
    expect(read).toMatchObject({candles: 3, filled: 0, duplicates: 0, gaps: [], warnings: []});
  });

  it('finds columns by name in any order and case, quoted or not, and ignores others', async () => {
    const text = [
      '"Close","note",Volume,low,high,open,Timestamp',
      `101,"a ""b"", c",10,99,102,100,${String(START_MS)}`,
      `102,,10,100,103,101,"${String(START_MS + 300_000)}"`,
    ];
    expect((await readCandles(csv(text), LATE)).history).toEqual([candleAt(0), candleAt(1)]);
  });

  it('reads CRLF, a byte order mark, blank lines and a last line without an end', async () => {
    const path = directory.write('windows.csv', `\uFEFF${HEADER}\r\n${row(0)}\r\n\r\n${row(1)}`);
    expect((await readCandles(path, LATE)).history).toEqual([candleAt(0), candleAt(1)]);
  });

  it.each([
    ['2024-01-01T00:00:00.000Z', '2024-01-01T00:05:00.000Z'],
    ['2024-01-01 00:00:00', '2024-01-01 00:05:00'],
    ['2024-01-01T00:00', '2024-01-01T00:05'],
    ['2024-01-01 02:00:00+02:00', '2024-01-01 02:05:00+0200'],
    ['1704067200000.0', '1.7040675e12'],
  ])('reads the times %s and %s as UTC', async (first, second) => {
    const {history} = await readCandles(csv([HEADER, row(0, {0: first}), row(1, {0: second})]), LATE);
    expect(history).toEqual([candleAt(0), candleAt(1)]);
  });

  it('reads plain dates as daily candles', async () => {
    const {timeframe} = await readCandles(
      csv([HEADER, row(0, {0: '2024-02-28'}), row(1, {0: '2024-02-29'})]),
      LATE,
    );
    expect(timeframe.name).toBe('1d');
  });

  it('reads gzipped CSV whatever its name', async () => {
    const path = directory.write('zipped.csv', gzipSync([HEADER, row(0), row(1)].join('\n')));
    expect((await readCandles(path, LATE)).history).toEqual([candleAt(0), candleAt(1)]);
  });

  it('drops duplicates that agree, fills short gaps, flags long ones, and says so', async () => {
    const path = csv([HEADER, row(0), row(0), row(1), row(3), row(10), row(10), row(11)]);
    const read = await readCandles(path, LATE);
    expect(read.history.map(({openTimeMs}) => (openTimeMs - START_MS) / 300_000)).toEqual([
      0, 1, 2, 3, 10, 11,
    ]);
    expect(read.history[2]!.filled).toBe(true);
    expect(read.history[4]!.afterGap).toBe(true);
    expect(read).toMatchObject({candles: 6, filled: 1, duplicates: 2});
    expect(read.warnings).toEqual([
      `"${path}": 2 duplicate rows dropped, with the same values`,
      `"${path}": 1 missing candle filled in flat, in 1 gap; no position is opened on them`,
      `"${path}": 1 gap too long to fill, the longest of 6 candles from 2024-01-01T00:20:00.000Z; a new segment starts behind each`,
    ]);
  });

  it('fills gaps as far as it is told to', async () => {
    const read = await readCandles(csv([HEADER, row(0), row(1), row(3)]), {...LATE, maxFilledGap: 0});
    expect(read.history[2]!.afterGap).toBe(true);
  });

  it('leaves the last candle out while it is open, and only the last', async () => {
    const path = csv([HEADER, row(0), row(1), row(2)]);
    const closesAt = START_MS + 3 * 300_000;
    const before = await readCandles(path, {clock: {nowMs: () => closesAt - 1}});
    expect(before.history).toHaveLength(2);
    expect(before.openCandleDropped).toBe(true);
    expect(before.warnings).toEqual([`"${path}": the last candle has not closed yet and is left out`]);
    expect((await readCandles(path, {clock: {nowMs: () => closesAt}})).history).toHaveLength(3);
    expect((await readCandles(path, {clock: {nowMs: () => 0}})).history).toHaveLength(2);
  });

  it('warns of candles that lie in the future, as those of another time zone do', async () => {
    const path = csv([HEADER, row(0), row(1), row(2), row(3)]);
    const read = await readCandles(path, {clock: {nowMs: () => START_MS + 2 * 300_000 - 1}});
    expect(read.history).toHaveLength(3);
    expect(read.warnings).toEqual([
      `"${path}": the last candle has not closed yet and is left out`,
      expect.stringMatching(/: the last 2 candles before it would close in the future too.* UTC/),
    ]);
  });

  it('warns where another timeframe is wanted, and goes on', async () => {
    const path = csv([HEADER, row(0), row(1)]);
    const read = await readCandles(path, {...LATE, timeframe: {name: '1h', ms: 3_600_000}});
    expect(read.timeframe.name).toBe('5m');
    expect(read.warnings).toEqual([`"${path}" holds 5m candles where 1h ones are wanted`]);
  });

  it('takes the wanted timeframe for a single row, and refuses one without it', async () => {
    const path = csv([HEADER, row(0)]);
    expect((await readCandles(path, {...LATE, timeframe: FIVE_MINUTES})).history).toEqual([candleAt(0)]);
    await expect(readCandles(path, LATE)).rejects.toMatchObject({code: 'CANDLES_TOO_FEW', exitCode: 3});
  });

  it('takes the spacing of most rows for the timeframe, the smallest where none has a majority', async () => {
    const sparse = await readCandles(csv([HEADER, row(0), row(2), row(5), row(6)]), LATE);
    expect(sparse.timeframe.name).toBe('5m');
    const steps = [0, 1, 2, 3, 4, 8, 12];
    const gapped = await readCandles(csv([HEADER, ...steps.map((step) => row(step))]), LATE);
    expect(gapped.timeframe.name).toBe('5m');
  });

  it('gives the same candles at every pass, and findings only behind a whole one', async () => {
    const file = await CandleFile.open(csv([HEADER, row(0), row(1), row(3)]), LATE);
    expect(file.findings).toBeUndefined();
    for await (const candle of file.candles()) {
      expect(candle).toEqual(candleAt(0));
      break;
    }
    expect(file.findings).toBeUndefined();
    const passes = [[], []] as unknown[][];
    for (const pass of passes) for await (const candle of file.candles()) pass.push(candle);
    expect(passes[1]).toEqual(passes[0]);
    expect(file.findings!.candles).toBe(4);
  });

  it('stops at an abort', async () => {
    const file = await CandleFile.open(csv([HEADER, row(0), row(1)]), LATE);
    const reason = new Error('stop');
    await expect(file.candles(AbortSignal.abort(reason)).next()).rejects.toBe(reason);
  });
});

describe('readCandles on bad input', () => {
  it.each([
    [{4: 'abc'}, 'close was "abc", want a finite number; correct or remove the row'],
    [{4: ''}, 'close was "", want a finite number; correct or remove the row'],
    [{4: ' '}, 'close was " ", want a finite number; correct or remove the row'],
    [{1: 'NaN'}, 'open was "NaN", want a finite number; correct or remove the row'],
    [{2: 'inf'}, 'high was "inf", want a finite number; correct or remove the row'],
    [{2: 'Infinity'}, 'high was "Infinity", want a finite number; correct or remove the row'],
    [{2: '1e999'}, 'high was "1e999", want a finite number; correct or remove the row'],
    [{5: '0x10'}, 'volume was "0x10", want a finite number; correct or remove the row'],
    [{5: '0x0'}, 'volume was "0x0", want a finite number; correct or remove the row'],
    [{3: '0'}, 'low was "0", want a finite price above 0'],
    [{1: '-5'}, 'open was "-5", want a finite price above 0'],
    [{5: '-1'}, 'volume was "-1", want a finite volume of 0 or more'],
    [{2: '50'}, 'high was "50", want at least the highest of open, close and low, 103'],
    [{3: '103.5'}, 'low was "103.5", want at most the lowest of open and close, 102'],
    [
      {0: 'yesterday'},
      'timestamp was "yesterday", want ms since 1970 in UTC or ISO 8601 such as 2024-01-31T12:00:00Z; correct or remove the row',
    ],
    [
      {0: '2024-02-30T00:00:00Z'},
      'timestamp was "2024-02-30T00:00:00Z", want ms since 1970 in UTC or ISO 8601 such as 2024-01-31T12:00:00Z; correct or remove the row',
    ],
    [
      {0: '1704067800000000'},
      'timestamp was "1704067800000000", want milliseconds; it looks like microseconds',
    ],
    [{0: '1704067860000'}, 'timestamp was "2024-01-01T00:11:00.000Z", which is not on the 5m grid'],
    [
      {0: '1704066900000'},
      'timestamp was "2023-12-31T23:55:00.000Z", which goes back behind "2024-01-01T00:05:00.000Z"; sort the rows',
    ],
    [
      {0: '1704067500000'},
      'open was "102", but "101" in the row before of the same time, "2024-01-01T00:05:00.000Z"; keep the right one',
    ],
  ])('refuses a row with %j', async (changes, message) => {
    const path = withBadRow(changes);
    await expect(readCandles(path, LATE)).rejects.toMatchObject({
      code: 'CANDLES_INVALID',
      exitCode: 3,
      message: `${path} line 4: ${message}`,
    });
  });

  it('refuses a fault behind the rows that told the timeframe', async () => {
    const lines = Array.from({length: 3000}, (_, step) => row(step));
    lines[2500] = row(2500, {4: 'x'});
    await expect(readCandles(csv([HEADER, ...lines]), LATE)).rejects.toThrow(/line 2502: close was "x"/);
    lines[2500] = row(2500, {4: '-1'});
    await expect(readCandles(csv([HEADER, ...lines]), LATE)).rejects.toThrow(/line 2502: close was "-1"/);
  });

  it('refuses a faulty last row even before its time', async () => {
    const lines = Array.from({length: 1500}, (_, step) => row(step));
    lines[1499] = row(1499, {4: '-1'});
    await expect(readCandles(csv([HEADER, ...lines]), {clock: {nowMs: () => 0}})).rejects.toThrow(
      /line 1501: close was "-1"/,
    );
  });

  it('refuses a row that is cut off or too long', async () => {
    const cut = csv([HEADER, row(0), row(1), row(2).slice(0, 20)], '');
    await expect(readCandles(cut, LATE)).rejects.toMatchObject({
      code: 'CANDLES_INVALID',
      message:
        `${cut} line 4: the row was "1704067800000,102,10", with 3 columns where the header has 6;`
        + ' correct or remove the row, or fetch the file again if it is cut off',
    });
    await expect(readCandles(csv([HEADER, row(0), `${row(1)},7`]), LATE)).rejects.toThrow(
      /with 7 columns where/,
    );
  });

  it('refuses a file without rows as empty', async () => {
    for (const text of ['', HEADER, `${HEADER}\n\n\n`]) {
      await expect(readCandles(directory.write('empty.csv', text), LATE)).rejects.toMatchObject({
        code: 'CANDLES_EMPTY',
        exitCode: 3,
      });
    }
    const path = csv([HEADER, row(0)]);
    await expect(readCandles(path, {clock: {nowMs: () => 0}, timeframe: FIVE_MINUTES})).rejects.toMatchObject(
      {
        code: 'CANDLES_EMPTY',
      },
    );
    await expect(readCandles(directory.write('bom.csv.gz', gzipSync('')), LATE)).rejects.toMatchObject({
      code: 'CANDLES_EMPTY',
    });
  });

  it('refuses a header that lacks a column, has one twice, or is no header', async () => {
    const lacking = csv(['timestamp,open,high,low', '1,2,3,4']);
    await expect(readCandles(lacking, LATE)).rejects.toMatchObject({
      code: 'CANDLES_INVALID',
      message: `${lacking} line 1: the header was "timestamp,open,high,low", which has no column close, volume; want ${HEADER}`,
    });
    await expect(readCandles(csv([`${HEADER},close`, row(0)]), LATE)).rejects.toThrow(
      /has the column close twice/,
    );
    await expect(readCandles(csv([row(0), row(1)]), LATE)).rejects.toThrow(
      /which has no column timestamp, open/,
    );
  });

  it('refuses binary junk in one printable line', async () => {
    const junk = Buffer.from(Array.from({length: 4096}, (_, i) => (i * 37 + 128) % 256));
    const refusal = readCandles(directory.write('junk.csv', junk), LATE);
    await expect(refusal).rejects.toMatchObject({code: 'CANDLES_INVALID'});
    await expect(refusal).rejects.toThrow(/^[^\u0000-\u001f]*$/);
  });

  it('refuses timestamps in seconds with that question', async () => {
    const seconds = [0, 1].map((step) => row(step, {0: String(START_MS / 1000 + step * 300)}));
    await expect(readCandles(csv([HEADER, ...seconds]), LATE)).rejects.toThrow(
      /candles are 300 ms apart, which is no whole number of seconds; are its timestamps in seconds\?$/,
    );
  });

  it('refuses a missing file and a directory', async () => {
    await expect(readCandles(directory.path('none.csv'), LATE)).rejects.toMatchObject({
      code: 'FILE_UNREADABLE',
    });
    await expect(readCandles(directory.path('.'), LATE)).rejects.toThrow(/is a directory/);
  });
});

describe('readCandles on Parquet', () => {
  const steps = [0, 1, 2];
  const numbers = (['open', 'high', 'low', 'close', 'volume'] as const).map((name) => ({
    name,
    data: steps.map((step) => candleAt(step)[name]),
    type: 'DOUBLE' as const,
  }));

  it.each([
    ['INT64', steps.map((step) => BigInt(candleAt(step).openTimeMs))],
    ['TIMESTAMP', steps.map((step) => new Date(candleAt(step).openTimeMs))],
    ['DOUBLE', steps.map((step) => candleAt(step).openTimeMs)],
    ['STRING', steps.map((step) => new Date(candleAt(step).openTimeMs).toISOString())],
  ] as const)('reads times stored as %s, and ignores other columns', async (type, data) => {
    const filename = directory.path(`${type}.parquet`);
    const note = {name: 'note', data: ['a', 'b', 'c'], type: 'STRING' as const};
    parquetWriteFile({filename, columnData: [note, ...numbers, {name: 'Timestamp', data: [...data], type}]});
    expect((await readCandles(filename, LATE)).history).toEqual(steps.map((step) => candleAt(step)));
  });

  it('reads prices and volumes stored as whole numbers', async () => {
    const filename = directory.path('whole.parquet');
    const columnData = (['open', 'high', 'low', 'close', 'volume'] as const).map((name) => ({
      name,
      data: steps.map((step) => BigInt(candleAt(step)[name])),
      type: 'INT64' as const,
    }));
    const timestamp = steps.map((step) => BigInt(candleAt(step).openTimeMs));
    parquetWriteFile({
      filename,
      columnData: [{name: 'timestamp', data: timestamp, type: 'INT64'}, ...columnData],
    });
    expect((await readCandles(filename, LATE)).history).toEqual(steps.map((step) => candleAt(step)));
  });

  it('names the row of a value that is missing, no number or no time', async () => {
    const filename = directory.path('bad.parquet');
    const timestamp = {
      name: 'timestamp',
      data: steps.map((step) => BigInt(candleAt(step).openTimeMs)),
      type: 'INT64' as const,
    };
    const volumes = (data: unknown[], type: 'DOUBLE' | 'BOOLEAN' | 'JSON') => [
      timestamp,
      ...numbers.slice(0, 4),
      {name: 'volume', data, type},
    ];
    const cases = [
      [[1, null, 1], 'DOUBLE', 'row 2: volume was ""'],
      [[1, 1, NaN], 'DOUBLE', 'row 3: volume was "NaN"'],
      [[true, true, false], 'BOOLEAN', 'row 1: volume was "true"'],
      [[{a: 1}, {a: 1}, {a: 1}], 'JSON', 'row 1: volume was "a nested value"'],
    ] as const;
    for (const [data, type, message] of cases) {
      parquetWriteFile({filename, columnData: volumes([...data], type)});
      await expect(readCandles(filename, LATE)).rejects.toThrow(
        `${filename} ${message}, want a finite number`,
      );
    }
    parquetWriteFile({filename, columnData: [{...timestamp, data: [1.5, 2, 3], type: 'DOUBLE'}, ...numbers]});
    await expect(readCandles(filename, LATE)).rejects.toThrow(
      /row 1: timestamp was "1.5", want ms since 1970/,
    );
  });

  it('refuses missing columns and a damaged file', async () => {
    const filename = directory.path('lacking.parquet');
    parquetWriteFile({filename, columnData: numbers});
    await expect(readCandles(filename, LATE)).rejects.toThrow(/without timestamp; want timestamp,open/);
    await expect(
      readCandles(directory.write('torn.parquet', 'PAR1 and no more'), LATE),
    ).rejects.toMatchObject({
      code: 'FILE_UNREADABLE',
    });
  });

  it('stops at an abort', async () => {
    const filename = directory.path('abort.parquet');
    const times = steps.map((step) => BigInt(candleAt(step).openTimeMs));
    parquetWriteFile({filename, columnData: [...numbers, {name: 'timestamp', data: times, type: 'INT64'}]});
    const file = await CandleFile.open(filename, LATE);
    const reason = new Error('stop');
    await expect(file.candles(AbortSignal.abort(reason)).next()).rejects.toBe(reason);
  });
});

describe('readCandles on real candles', () => {
  const hourly = realCandlesPath('BTCUSDT-1h.csv');
  const minutely = realCandlesPath('BTCUSDT-5m.csv');

  it.skipIf(hourly === undefined)('finds the six gaps of three and a half hourly years', async () => {
    const read = await readCandles(hourly!, LATE);
    expect(read.timeframe.name).toBe('1h');
    expect(read.gaps.map(({missing}) => missing)).toEqual([16, 1, 1, 1, 2, 5]);
    expect(read.candles).toBe(31_366 + 5);
    expect(read.history.filter(({afterGap}) => afterGap === true)).toHaveLength(2);
  });

  it.skipIf(minutely === undefined)('finds nothing to say about the five-minute ones', async () => {
    const read = await readCandles(minutely!, LATE);
    expect(read).toMatchObject({candles: 25_920, warnings: []});
    expect(read.timeframe.name).toBe('5m');
  });
});
