import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import {join} from 'node:path';
import {gunzipSync} from 'node:zlib';
import {describe, expect, it} from 'vitest';
import {CandlePart, partOf, repairPart} from '../../../src/candles/candle-part.js';
import {readCandles} from '../../../src/candles/read-candles.js';
import {writeCandles} from '../../../src/candles/write-candles.js';
import {rejected} from '../../support/caught.js';
import {LATE_CLOCK, candleAt} from '../../support/candles.js';
import {temporaryDirectory} from '../../support/temporary-directory.js';

const HEADER = 'timestamp,open,high,low,close,volume\n';
const CANDLES = Array.from({length: 6}, (_, i) => candleAt(i));

async function historyOf(path: string): Promise<unknown> {
  return (await readCandles(path, {clock: LATE_CLOCK})).history;
}

describe('CandlePart', () => {
  it.each(['x.csv', 'x.csv.gz', 'x.parquet'])(
    'becomes %s whole, and can be read on the way',
    async (name) => {
      const directory = temporaryDirectory();
      const target = join(directory, name);
      const part = await CandlePart.begin(target, false);
      await part.append(CANDLES.slice(0, 4));
      expect(await historyOf(part.path)).toEqual(CANDLES.slice(0, 4));
      await part.append([]);
      await part.append(CANDLES.slice(4));
      expect(existsSync(target)).toBe(false);
      await part.finish();
      expect(await historyOf(target)).toEqual(CANDLES);
      expect(readdirSync(directory)).toEqual([name]);
    },
  );

  it.each(['x.csv', 'x.csv.gz', 'x.parquet'])(
    'goes on with %s, which stays until it is replaced',
    async (name) => {
      const target = join(temporaryDirectory(), name);
      await writeCandles(target, CANDLES.slice(0, 3));
      const before = readFileSync(target);
      const part = await CandlePart.begin(target, true);
      await part.append(CANDLES.slice(3));
      expect(readFileSync(target)).toEqual(before);
      await part.finish();
      expect(await historyOf(target)).toEqual(CANDLES);
    },
  );

  it('leaves what a CSV holds as it is, and ends its last line', async () => {
    const target = join(temporaryDirectory(), 'x.csv');
    const rows = `${HEADER}2024-01-01T00:00Z,100,110,90,105,5\r\n2024-01-01T00:05Z,100.0,110,90,105,5`;
    writeFileSync(target, rows);
    const part = await CandlePart.begin(target, true);
    await part.append([{...candleAt(0), openTimeMs: Date.UTC(2024, 0, 1, 0, 10)}]);
    await part.finish();
    expect(readFileSync(target, 'utf8').startsWith(`${rows}\n1704067800000,`)).toBe(true);
  });

  it('gzips what it is named after', async () => {
    const target = join(temporaryDirectory(), 'x.csv.gz');
    const part = await CandlePart.begin(target, false);
    await part.append(CANDLES);
    await part.finish();
    expect(gunzipSync(readFileSync(target)).toString().startsWith(HEADER)).toBe(true);
  });

  it('notices another writer, and another file in its place', async () => {
    const target = join(temporaryDirectory(), 'x.csv');
    const part = await CandlePart.begin(target, false);
    appendFileSync(part.path, 'x');
    const grown = await rejected(part.append(CANDLES));
    expect(grown).toMatchObject({code: 'STATE_LOCKED', exitCode: 2});
    expect(grown.message).toContain('x.csv.part" was changed by somebody else');
    await part.close();

    const other = await CandlePart.begin(target, false);
    renameSync(other.path, `${other.path}.moved`);
    expect(await rejected(other.append(CANDLES))).toMatchObject({code: 'STATE_LOCKED'});
    writeFileSync(other.path, readFileSync(`${other.path}.moved`));
    expect(await rejected(other.finish())).toMatchObject({code: 'STATE_LOCKED'});
    await other.close();
    await other.close();
  });

  it('says where it cannot be written', async () => {
    const target = join(temporaryDirectory(), 'nowhere', 'x.csv');
    expect(await rejected(CandlePart.begin(target, false))).toMatchObject({code: 'OUTPUT_FAILED'});
    expect(await rejected(CandlePart.reopen(target))).toMatchObject({code: 'OUTPUT_FAILED'});
    const directory = temporaryDirectory();
    const csv = join(directory, 'x.csv');
    writeFileSync(csv, HEADER);
    writeFileSync(`${directory}/file`, '');
    const blocked = join(directory, 'file', 'x.csv');
    expect(await rejected(CandlePart.begin(blocked, false))).toMatchObject({code: 'OUTPUT_FAILED'});
  });

  it('stays where its target cannot be replaced', async () => {
    const target = join(temporaryDirectory(), 'x.csv');
    const part = await CandlePart.begin(target, false);
    await part.append(CANDLES);
    mkdirSync(target);
    expect(await rejected(part.finish())).toMatchObject({code: 'OUTPUT_FAILED', exitCode: 1});
    expect(await historyOf(part.path)).toEqual(CANDLES);
  });

  it('leaves nothing beside a target that cannot be copied', async () => {
    const directory = temporaryDirectory();
    const target = join(directory, 'x.csv');
    await writeCandles(target, CANDLES);
    mkdirSync(partOf(target));
    expect(await rejected(CandlePart.begin(target, true))).toMatchObject({code: 'OUTPUT_FAILED'});
    expect(await rejected(repairPart(target))).toMatchObject({code: 'OUTPUT_FAILED'});
    expect(readdirSync(directory).sort()).toEqual(['x.csv', 'x.csv.part']);
  });

  it('says that the disk is full', async () => {
    const part = await CandlePart.begin(join(temporaryDirectory(), 'x.csv'), false);
    await part.close();
    // A closed handle stands in for a disk that takes no more.
    expect(await rejected(part.append(CANDLES))).toMatchObject({code: 'OUTPUT_FAILED', exitCode: 1});
  });
});

describe('repairPart', () => {
  it('cuts off a line without its end, whatever it looks like', async () => {
    const target = join(temporaryDirectory(), 'x.csv');
    const whole = `${HEADER}1704067200000,1,1,1,1,1\n`;
    for (const torn of ['', '1', '1704067500000,1,1,1,1,1', '\0\0\0']) {
      writeFileSync(partOf(target), whole + torn);
      expect(await repairPart(target)).toBe(true);
      expect(readFileSync(partOf(target), 'utf8')).toBe(whole);
    }
  });

  it('looks only at the end of a long file', async () => {
    const target = join(temporaryDirectory(), 'x.csv');
    const whole = HEADER + '1704067200000,1,1,1,1,1\n'.repeat(10_000);
    writeFileSync(partOf(target), `${whole}17040`);
    expect(await repairPart(target)).toBe(true);
    expect(readFileSync(partOf(target), 'utf8')).toBe(whole);
  });

  it('removes what has no whole line, and does not mind where there is nothing', async () => {
    const target = join(temporaryDirectory(), 'x.csv');
    expect(await repairPart(target)).toBe(false);
    for (const text of ['', 'timest']) {
      writeFileSync(partOf(target), text);
      expect(await repairPart(target)).toBe(false);
      expect(existsSync(partOf(target))).toBe(false);
    }
  });

  it('says where the part cannot be opened', async () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'file'), '');
    expect(await rejected(repairPart(join(directory, 'file', 'x.csv')))).toMatchObject({
      code: 'OUTPUT_FAILED',
    });
  });
});
