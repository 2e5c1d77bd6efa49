import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {parseSentiment, readSentimentFile} from '../../../src/features/sentiment-file.js';
import {RecordedSentiment} from '../../../src/features/sentiment.js';

const DAY = Date.UTC(2019, 1, 26);

const ALTERNATIVE_ME = JSON.stringify({
  name: 'Fear and Greed Index',
  data: [
    {value: '47', value_classification: 'Neutral', timestamp: '1551243600', time_until_update: '68499'},
    {value: '40', value_classification: 'Fear', timestamp: '1551157200'},
  ],
  metadata: {error: null},
});

describe('RecordedSentiment', () => {
  const series = new RecordedSentiment([
    {timeMs: 300, value: 30},
    {timeMs: 100, value: 10},
    {timeMs: 200, value: 20},
    {timeMs: 200, value: 20},
  ]);

  it.each([
    [99, undefined],
    [100, 10],
    [199, 10],
    [200, 20],
    [299.5, 20],
    [300, 30],
    [1e15, 30],
  ])('has at %d the last value published by then: %s', (timeMs, value) => {
    expect(series.valueAt(timeMs)).toBe(value);
  });

  it('has nothing where it is empty', () => {
    expect(new RecordedSentiment([]).valueAt(0)).toBeUndefined();
    expect(series.length).toBe(4);
  });

  it.each([
    [[{timeMs: Number.NaN, value: 1}], 'timestamp was "NaN"'],
    [[{timeMs: 1e300, value: 1}], 'timestamp was "1e+300"'],
    [[{timeMs: 1, value: 100.5}], 'value was "100.5"'],
    [[{timeMs: 1, value: -1}], 'value was "-1"'],
    [[{timeMs: 1, value: Number.NaN}], 'value was "NaN"'],
    [
      [
        {timeMs: 1, value: 5},
        {timeMs: 1, value: 6},
      ],
      'was both "5" and "6"',
    ],
  ])('refuses %j', (points, message) => {
    expect(() => new RecordedSentiment(points)).toThrow(message);
    expect(() => new RecordedSentiment(points)).toThrow(
      expect.objectContaining({code: 'SENTIMENT_INVALID'}) as Error,
    );
  });
});

describe('a sentiment file', () => {
  it("is read in alternative.me's own shape, whose times are seconds", () => {
    const series = parseSentiment(ALTERNATIVE_ME, 'fng.json');
    expect(series.valueAt(1_551_157_200_000)).toBe(40);
    expect(series.valueAt(1_551_157_199_999)).toBeUndefined();
    expect(series.valueAt(1_551_243_600_000)).toBe(47);
  });

  it.each([
    ['ms', `timestamp,value\n${DAY},33\n`],
    ['seconds', `timestamp,value\n${DAY / 1000},33\n`],
    ['a date', 'timestamp,value\n2019-02-26,33\n'],
    ['a date and time, without a zone in UTC', 'timestamp,value\n2019-02-26T00:00:00,33\n'],
    ['a date and time with a zone', 'timestamp,value\n2019-02-26 02:00+02:00,33\n'],
    ['other columns beside, a BOM and CRLF', `\uFEFFvalue,label,timestamp\r\n33, Fear ,${DAY}\r\n\r\n`],
    ['quoted fields', `"timestamp","value"\n"${DAY}","33"\n`],
    ['a JSON list', JSON.stringify([{timestamp: DAY, value: 33}])],
  ])('is read with times as %s', (_, text) => {
    const series = parseSentiment(text, 'file');
    expect(series.valueAt(DAY)).toBe(33);
    expect(series.valueAt(DAY - 1)).toBeUndefined();
  });

  it.each([
    [
      'a value off the scale',
      'timestamp,value\n1551157200,40\n1551243600,140\n',
      'record 2: value was "140"',
    ],
    ['a value that is no number', 'timestamp,value\n1551157200,fear\n', 'record 1: value was "fear"'],
    ['an empty value', 'timestamp,value\n1551157200,\n', 'value was ""'],
    ['no value column', 'timestamp,index\n1551157200,40\n', 'value was "undefined"'],
    ['a time that is none', 'timestamp,value\n26-02-2019,40\n', 'timestamp was "26-02-2019"'],
    ['a month that is none', 'timestamp,value\n2019-13-01,40\n', 'timestamp was "2019-13-01"'],
    ['nothing', 'timestamp,value\n', 'holds no record'],
    ['ragged lines', 'timestamp,value\n1551157200,40,7\n', 'record 1: number of fields was "3"'],
    ['broken JSON', '{"data": [', 'is no JSON'],
    ['JSON without records', '{"metadata": {"error": "down"}}', 'has no list of records'],
    ['a record that is none', '[5]', 'record 1 was "5"'],
    ['a time of another kind', '[{"timestamp": null, "value": 5}]', 'timestamp was "object"'],
  ])('is refused with %s', (_, text, message) => {
    expect(() => parseSentiment(text, 'the file')).toThrow(message);
    expect(() => parseSentiment(text, 'the file')).toThrow('the file');
    expect(() => parseSentiment(text, 'the file')).toThrow(
      expect.objectContaining({code: 'SENTIMENT_INVALID'}) as Error,
    );
  });

  it('is read from a path, and refused where there is none', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'dl-trade-sentiment-'));
    try {
      writeFileSync(join(folder, 'fng.json'), ALTERNATIVE_ME);
      expect((await readSentimentFile(join(folder, 'fng.json'))).length).toBe(2);
      await expect(readSentimentFile(join(folder, 'none.json'))).rejects.toMatchObject({
        code: 'FILE_UNREADABLE',
      });
    } finally {
      rmSync(folder, {recursive: true});
    }
  });
});
