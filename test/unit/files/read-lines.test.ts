import {execFileSync} from 'node:child_process';
import {gzipSync} from 'node:zlib';
import {describe, expect, it} from 'vitest';
import {readLines, sniffFile} from '../../../src/files/read-lines.js';
import {useTemporaryDirectory} from '../../support/temporary-directory.js';

const directory = useTemporaryDirectory();

async function linesOf(path: string, options: Parameters<typeof readLines>[1] = {}): Promise<string[]> {
  const lines: string[] = [];
  for await (const batch of readLines(path, options)) lines.push(...batch);
  return lines;
}

describe('sniffFile', () => {
  it('tells a file by its first bytes, not by its name', async () => {
    expect(await sniffFile(directory.write('a.parquet', 'timestamp,open'))).toBe('text');
    expect(await sniffFile(directory.write('b.csv', gzipSync('x')))).toBe('gzip');
    expect(await sniffFile(directory.write('c.csv', 'PAR1...'))).toBe('parquet');
    expect(await sniffFile(directory.write('d.csv', ''))).toBe('empty');
  });

  it('refuses what is missing, a directory or no regular file, each in a line', async () => {
    await expect(sniffFile(directory.path('none.csv'))).rejects.toMatchObject({
      code: 'FILE_UNREADABLE',
      exitCode: 3,
      message: `"${directory.path('none.csv')}" does not exist; check the path`,
    });
    await expect(sniffFile(directory.path('.'))).rejects.toThrow(/is a directory; name a file in it$/);
    execFileSync('mkfifo', [directory.path('pipe')]);
    await expect(sniffFile(directory.path('pipe'))).rejects.toThrow(/is no regular file/);
  });
});

describe('readLines', () => {
  it('reads LF and CRLF alike, without a byte order mark, whatever ends the last line', async () => {
    expect(await linesOf(directory.write('lf', 'a\nb\n\nc\n'))).toEqual(['a', 'b', '', 'c']);
    expect(await linesOf(directory.write('crlf', '\uFEFFa\r\nb\r\nc\r'))).toEqual(['a', 'b', 'c']);
    expect(await linesOf(directory.write('open', 'a\nb'))).toEqual(['a', 'b']);
    expect(await linesOf(directory.write('none', ''))).toEqual([]);
  });

  it('joins lines that lie across chunks', async () => {
    const lines = Array.from({length: 60_000}, (_, i) => `line ${String(i)} ä`);
    expect(await linesOf(directory.write('long', lines.join('\r\n')))).toEqual(lines);
    expect(await linesOf(directory.write('long.gz', gzipSync(lines.join('\n'))), {gzip: true})).toEqual(
      lines,
    );
  });

  it('refuses compressed data that are cut off or damaged', async () => {
    const whole = gzipSync(Array.from({length: 5000}, (_, i) => String(i)).join('\n'));
    const cut = directory.write('cut.gz', whole.subarray(0, whole.length - 20));
    await expect(linesOf(cut, {gzip: true})).rejects.toThrow(/ends in the middle of its compressed data/);
    const damaged = Buffer.from(whole);
    damaged.fill(0xff, 100, 200);
    await expect(linesOf(directory.write('bad.gz', damaged), {gzip: true})).rejects.toThrow(
      /holds damaged compressed data; fetch it again$/,
    );
  });

  it('refuses a missing file while reading, compressed or not', async () => {
    for (const gzip of [false, true]) {
      await expect(linesOf(directory.path('gone'), {gzip})).rejects.toMatchObject({code: 'FILE_UNREADABLE'});
    }
  });

  it('refuses a line of over a megabyte before it fills the memory', async () => {
    const path = directory.write('huge', 'x'.repeat(3 << 20));
    await expect(linesOf(path)).rejects.toThrow(/has a line of over 1 MB: it is no CSV file$/);
  });

  it('stops at an abort with the reason of the signal', async () => {
    const path = directory.write('aborted', 'a\n'.repeat(10));
    const reason = new Error('stop');
    await expect(linesOf(path, {signal: AbortSignal.abort(reason)})).rejects.toBe(reason);
  });
});
