import {execFileSync, spawnSync} from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import {basename, join} from 'node:path';
import {gunzipSync} from 'node:zlib';
import fc from 'fast-check';
import {describe, expect, it, onTestFinished} from 'vitest';
import {Decimal} from '../../../src/domain/decimal.js';
import {registerSecret} from '../../../src/domain/secrets.js';
import {Journal} from '../../../src/store/journal.js';
import {JOURNAL_FILE} from '../../../src/store/journal-file.js';
import type {NewEntry} from '../../../src/store/journal-entry.js';
import {canonicalJson} from '../../../src/store/journal-entry.js';
import {asNobody} from '../../support/as-nobody.js';
import {caught} from '../../support/caught.js';
import {journalLines} from '../../support/journal-lines.js';
import {rawJournal, tamper} from '../../support/tampered-journal.js';
import {temporaryDirectory} from '../../support/temporary-directory.js';

const clock = {nowMs: () => 1_700_000_000_000};

function step(candleMs: number, body: unknown = {candleMs}): NewEntry {
  return {kind: 'step', candleMs, body};
}

/** A process that journals fifty steps and is killed right behind the last. */
function fiftyStepsThenKilled(directory: string): void {
  const script = `
      const {Journal} = await import(${JSON.stringify(new URL('../../../dist/store/journal.js', import.meta.url).href)});
      const journal = Journal.open(${JSON.stringify(directory)}, {nowMs: () => 1}, 'process');
      for (let i = 0; i < 50; i++) journal.append([{kind: 'step', candleMs: i, body: {i}}], {durable: false});
      process.kill(process.pid, 'SIGKILL');
    `;
  expect(() =>
    execFileSync(process.execPath, ['--input-type=module', '-e', script], {stdio: 'pipe'}),
  ).toThrow(/SIGKILL|Command failed/);
}

/** A directory in which nobody may make a file. */
function notWritable(name: string): {readonly path: string; put(file: string): void} {
  const root = temporaryDirectory();
  const path = join(root, name);
  mkdirSync(path);
  chmodSync(root, 0o755);
  onTestFinished(() => {
    chmodSync(path, 0o755);
  });
  return {
    path,
    put(file) {
      chmodSync(path, 0o755);
      cpSync(file, join(path, basename(file)));
      chmodSync(join(path, basename(file)), 0o644);
      chmodSync(path, 0o555);
    },
  };
}

describe('Journal', () => {
  it('gives back every line in order, with the bytes that were written', () => {
    const directory = temporaryDirectory();
    const journal = Journal.open(directory, clock, 'process');
    journal.append([{kind: 'session', candleMs: null, body: {model: 'lstm'}}], {durable: true});
    journal.append([step(300), {kind: 'order', candleMs: 300, body: {quantity: new Decimal('0.10')}}], {
      durable: true,
    });
    journal.close();

    const again = Journal.openForReading(directory, clock);
    expect([...again.entries()].map(({kind, body}) => [kind, body])).toEqual([
      ['session', '{"model":"lstm"}'],
      ['step', '{"candleMs":300}'],
      ['order', '{"quantity":"0.1"}'],
    ]);
    expect([...again.entries('order', 'session')].map(({kind}) => kind)).toEqual(['session', 'order']);
    expect(again.last('step')?.candleMs).toBe(300);
    expect(again.last('end')).toBeUndefined();
    again.close();
  });

  it('refuses a second decision on one candle, and keeps nothing of the append that tried', () => {
    const journal = Journal.open(temporaryDirectory(), clock, 'power');
    journal.append([step(300)], {durable: false});
    const error = caught(() => {
      journal.append([{kind: 'order', candleMs: 300, body: {}}, step(300, 'again')], {durable: true});
    });
    expect(error.code).toBe('JOURNAL_FAILED');
    expect([...journal.entries()]).toHaveLength(1);
    journal.append([step(600)], {durable: true});
    expect([...journal.entries()]).toHaveLength(2);
    journal.close();
  });

  it('lets no line be changed or removed, even past this class', () => {
    const directory = temporaryDirectory();
    const journal = Journal.open(directory, clock, 'process');
    journal.append([step(300)], {durable: false});
    journal.close();
    const raw = rawJournal(directory);
    expect(() => {
      raw.exec("UPDATE entries SET body = '{}'");
    }).toThrow(/append-only/);
    expect(() => {
      raw.exec('DELETE FROM entries');
    }).toThrow(/append-only/);
    raw.close();
  });

  it('keeps what was appended when the process is killed right after', () => {
    const directory = temporaryDirectory();
    fiftyStepsThenKilled(directory);
    const journal = Journal.open(directory, clock, 'process');
    expect([...journal.entries()]).toHaveLength(50);
    journal.close();
  });

  it('reports a damaged file and leaves it as it is', () => {
    const directory = temporaryDirectory();
    const journal = Journal.open(directory, clock, 'process');
    for (let i = 0; i < 500; i++) journal.append([step(i, 'x'.repeat(200))], {durable: false});
    journal.close();
    const path = join(directory, JOURNAL_FILE);
    truncateSync(path, 20_000);
    const before = readFileSync(path);
    expect(caught(() => [...Journal.openForReading(directory, clock).entries()]).message).toMatch(
      /damaged .*; it was left as it is; check the account for orders and positions that it knew of, then name a fresh --state-dir$/,
    );
    const error = caught(() => Journal.open(directory, clock, 'process'));
    expect(error.code).toBe('JOURNAL_CORRUPT');
    expect(error.message).toMatch(/kept unchanged as ".*journal\.sqlite\.damaged-1".*check the account/);
    expect(readFileSync(`${path}.damaged-1`).equals(before)).toBe(true);
    expect(existsSync(path)).toBe(false);
  });

  it('begins nothing beside a damaged journal that it kept, and never keeps two under one name', () => {
    const directory = temporaryDirectory();
    const path = join(directory, JOURNAL_FILE);
    writeFileSync(path, 'x'.repeat(5000));
    expect(caught(() => Journal.open(directory, clock, 'process')).message).toContain('damaged-1');
    const again = caught(() => Journal.open(directory, clock, 'process'));
    expect(again.code).toBe('JOURNAL_CORRUPT');
    expect(again.message).toMatch(/so nothing begins here/);
    expect(existsSync(path)).toBe(false);
    writeFileSync(path, 'y'.repeat(5000));
    expect(caught(() => Journal.open(directory, clock, 'process')).message).toContain('damaged-2');
    expect(readFileSync(`${path}.damaged-1`, 'utf8')).toBe('x'.repeat(5000));
  });

  it('takes an empty file for a damaged journal, whatever its log still holds', () => {
    const directory = temporaryDirectory();
    fiftyStepsThenKilled(directory);
    const path = join(directory, JOURNAL_FILE);
    const log = readFileSync(`${path}-wal`);
    truncateSync(path);
    expect(caught(() => Journal.openForReading(directory, clock))).toMatchObject({
      code: 'JOURNAL_CORRUPT',
      message: expect.stringMatching(/is damaged \(it is empty\); it was left as it is/) as string,
    });
    expect(caught(() => Journal.open(directory, clock, 'process')).message).toMatch(
      /\(it is empty\); it was kept unchanged as ".*damaged-1"/,
    );
    expect(readFileSync(`${path}.damaged-1-wal`).equals(log)).toBe(true);
    expect(caught(() => Journal.open(directory, clock, 'process')).message).toMatch(/so nothing begins here/);
  });

  it('begins where an earlier process was killed before its journal was whole', () => {
    const directory = temporaryDirectory();
    for (const part of ['', '-journal']) writeFileSync(join(directory, `${JOURNAL_FILE}.new${part}`), part);
    const journal = Journal.open(directory, clock, 'process');
    journal.append([step(300)], {durable: true});
    journal.close();
    expect(readdirSync(directory).filter((name) => name.includes('.new'))).toEqual([]);
  });

  it('begins nothing in place of a link that leads nowhere, such as to a disk that is not mounted', () => {
    const directory = temporaryDirectory();
    const path = join(directory, JOURNAL_FILE);
    symlinkSync(join(directory, 'disk/journal.sqlite'), path);
    expect(caught(() => Journal.open(directory, clock, 'process'))).toMatchObject({
      code: 'JOURNAL_FAILED',
      message: expect.stringMatching(
        /is a link to ".*disk.journal\.sqlite", where nothing is; mount/,
      ) as string,
    });
    mkdirSync(join(directory, 'disk'));
    Journal.open(join(directory, 'disk'), clock, 'process').close();
    Journal.open(directory, clock, 'process').close();
    expect(lstatSync(path).isSymbolicLink()).toBe(true);
  });

  it('reads a journal beside which no file can be made', () => {
    const whole = temporaryDirectory();
    fiftyStepsThenKilled(whole);
    Journal.open(whole, clock, 'process').close();
    const directory = notWritable('with #, ? and %20');
    directory.put(join(whole, JOURNAL_FILE));
    const journal = asNobody(() => Journal.openForReading(directory.path, clock));
    expect([...journal.entries()]).toHaveLength(50);
    journal.requireSound();
    journal.close();
    expect(readdirSync(directory.path)).toEqual([JOURNAL_FILE]);
  });

  it('is left as it was found by who reads it', () => {
    const directory = temporaryDirectory();
    const written = Journal.open(directory, clock, 'process');
    written.append([step(300)], {durable: true});
    written.close();
    const copy = temporaryDirectory();
    cpSync(join(directory, JOURNAL_FILE), join(copy, JOURNAL_FILE));
    const journal = Journal.openForReading(copy, clock);
    expect([...journal.entries()]).toHaveLength(1);
    expect(journal.last('step')?.candleMs).toBe(300);
    expect(readdirSync(copy)).toEqual([JOURNAL_FILE]);
    journal.close();
    expect(readdirSync(copy)).toEqual([JOURNAL_FILE]);
  });

  it('is called damaged, and nothing worse, whichever page is', () => {
    const directory = temporaryDirectory();
    const journal = Journal.open(directory, clock, 'process');
    journal.append([{kind: 'session', candleMs: null, body: {}}], {durable: false});
    for (let i = 0; i < 300; i++) journal.append([step(i, 'x'.repeat(100))], {durable: false});
    journal.close();
    const sound = readFileSync(join(directory, JOURNAL_FILE));
    const copy = temporaryDirectory();
    let refused = 0;
    for (let at = 4096; at < sound.length; at += 4096) {
      for (const byte of [0, 3, 8]) {
        const damagedBytes = Buffer.from(sound);
        damagedBytes[at + byte]! ^= 0xff;
        writeFileSync(join(copy, JOURNAL_FILE), damagedBytes);
        const ask = [
          (one: Journal): unknown => one.last('session'),
          (one: Journal): unknown => one.last('halt'),
          (one: Journal): unknown => one.length,
          (one: Journal): unknown => [...one.entries()],
        ];
        for (const question of ask) {
          let found: unknown;
          try {
            const one = Journal.openForReading(copy, clock);
            try {
              question(one);
            } finally {
              one.close();
            }
          } catch (error) {
            found = error;
          }
          if (found === undefined) continue;
          refused += 1;
          expect(found).toMatchObject({code: 'JOURNAL_CORRUPT'});
        }
      }
    }
    expect(refused).toBeGreaterThan(20);
  });

  it('says so where it cannot be read without its log, beside which nothing can be made', () => {
    const whole = temporaryDirectory();
    fiftyStepsThenKilled(whole);
    const directory = notWritable('killed');
    for (const part of ['', '-wal']) directory.put(join(whole, JOURNAL_FILE + part));
    expect(caught(() => asNobody(() => Journal.openForReading(directory.path, clock)))).toMatchObject({
      code: 'JOURNAL_FAILED',
      message: expect.stringMatching(/holds lines in its log .*copy .*journal\.sqlite and .*-wal/) as string,
    });
    directory.put(join(whole, `${JOURNAL_FILE}-shm`));
    const journal = asNobody(() => Journal.openForReading(directory.path, clock));
    expect([...journal.entries()]).toHaveLength(50);
    journal.close();
  });

  it('does not call a journal damaged to which somebody wrote who may, while it was read without a lock', () => {
    const [these, those] = [temporaryDirectory(), temporaryDirectory()];
    // More than are read at once.
    for (const where of [these, those]) {
      const journal = Journal.open(where, clock, 'process');
      for (let i = 0; i < 1200; i++) journal.append([step(i, where)], {durable: false});
      journal.close();
    }
    const directory = notWritable('of somebody else');
    directory.put(join(these, JOURNAL_FILE));
    const journal = asNobody(() => Journal.openForReading(directory.path, clock));
    const lines = journal.entries();
    lines.next();
    writeFileSync(join(directory.path, JOURNAL_FILE), readFileSync(join(those, JOURNAL_FILE)));
    expect(caught(() => [...lines])).toMatchObject({
      code: 'JOURNAL_FAILED',
      message: expect.stringMatching(/was written to while it was read; ask again/) as string,
    });
    journal.close();
  });

  it('notices one changed byte in any column of any line, which SQLite itself does not', () => {
    fc.assert(
      fc.property(
        fc.integer({min: 1, max: 40}),
        fc.constantFrom(
          "body = replace(body, '0', '1')",
          'candle_ms = candle_ms + 1',
          "kind = 'candle'",
          'recorded_at_ms = recorded_at_ms + 1',
          "timing = '{}'",
        ),
        (seq, change) => {
          const directory = temporaryDirectory();
          const journal = Journal.open(directory, clock, 'process');
          for (let i = 1; i <= 40; i++) journal.append([step(i * 300)], {durable: false});
          journal.close();
          tamper(directory, `UPDATE entries SET ${change} WHERE seq = ${String(seq)}`);
          const error = caught(() => [...Journal.openForReading(directory, clock).entries()]);
          expect(error).toMatchObject({code: 'JOURNAL_CORRUPT'});
          expect(error.message).toContain(`line ${String(seq)} is not what was written`);
          expect(caught(() => Journal.open(directory, clock, 'process')).code).toBe('JOURNAL_CORRUPT');
        },
      ),
      {numRuns: 30},
    );
  });

  it('notices a line that is gone from the middle', () => {
    const directory = temporaryDirectory();
    const journal = Journal.open(directory, clock, 'process');
    for (let i = 1; i <= 5; i++) journal.append([step(i)], {durable: false});
    journal.close();
    tamper(directory, 'DELETE FROM entries WHERE seq = 3');
    expect(caught(() => Journal.open(directory, clock, 'process')).message).toContain('line 4 is not');
  });

  it('goes on behind the last sound line where the tail of the log is torn', () => {
    const directory = temporaryDirectory();
    fiftyStepsThenKilled(directory);
    const log = join(directory, `${JOURNAL_FILE}-wal`);
    const bytes = readFileSync(log);
    bytes.fill(0xa5, bytes.length - 9000);
    writeFileSync(log, bytes);
    const journal = Journal.open(directory, clock, 'process');
    const lines = journal.length;
    expect(lines).toBeGreaterThan(40);
    expect(lines).toBeLessThan(50);
    journal.append([step(1000)], {durable: true});
    expect([...journal.entries()].map(({candleMs}) => candleMs)).toEqual([...Array(lines).keys(), 1000]);
    journal.close();
  });

  it('says that the disk is full, half-writes nothing, and goes on once there is room', () => {
    const directory = temporaryDirectory();
    const script = `
      const {Journal} = await import(${JSON.stringify(new URL('../../../dist/store/journal.js', import.meta.url).href)});
      const journal = Journal.open(${JSON.stringify(directory)}, {nowMs: () => 1}, 'process');
      try {
        for (let i = 0; ; i += 2) {
          const body = 'x'.repeat(2000);
          journal.append([{kind: 'step', candleMs: i, body}, {kind: 'order', candleMs: i + 1, body}], {durable: true});
        }
      } catch (error) {
        console.log(error.code + ' ' + error.message);
      }
      process.kill(process.pid, 'SIGKILL');
    `;
    // A limit on the size of files stands in for a full disk; its signal would end the process before SQLite could say so.
    const {stdout} = spawnSync(
      'bash',
      ['-c', `trap '' XFSZ; ulimit -f 400; exec "$0" --input-type=module -e "$1"`, process.execPath, script],
      {encoding: 'utf8'},
    );
    expect(stdout).toMatch(/^JOURNAL_FAILED journal ".*" could not be written/);
    const journal = Journal.open(directory, clock, 'process');
    const kinds = [...journal.entries()].map(({kind}) => kind);
    expect(kinds.length).toBeGreaterThan(20);
    expect(kinds.filter((kind) => kind === 'step')).toHaveLength(kinds.length / 2);
    journal.append([step(-1)], {durable: true});
    journal.close();
  });

  it('reads what was there when it began, while others append', () => {
    const directory = temporaryDirectory();
    const writer = Journal.open(directory, clock, 'process');
    for (let i = 0; i < 1200; i++) writer.append([step(i)], {durable: false});
    const reader = Journal.openForReading(directory, clock);
    const seen: number[] = [];
    for (const {seq} of reader.entries()) {
      seen.push(seq);
      if (seq % 100 === 0) writer.append([step(10_000 + seq)], {durable: false});
    }
    expect(seen).toEqual(Array.from({length: 1200}, (_, i) => i + 1));
    expect(reader.length).toBe(1212);
    reader.close();
    writer.close();
  });

  it('refuses a file that is no journal', () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, JOURNAL_FILE), 'timestamp,open\n'.repeat(100));
    expect(caught(() => Journal.open(directory, clock, 'process')).code).toBe('JOURNAL_CORRUPT');
  });

  it("leaves another program's database and a newer journal where they are", () => {
    const directory = temporaryDirectory();
    const raw = rawJournal(directory);
    raw.exec('CREATE TABLE songs (name TEXT)');
    raw.close();
    expect(caught(() => Journal.open(directory, clock, 'process')).message).toMatch(
      /is no journal of dl-trade/,
    );
    const newer = temporaryDirectory();
    Journal.open(newer, clock, 'process').close();
    tamper(newer, 'PRAGMA user_version = 99');
    for (const open of [
      () => Journal.open(newer, clock, 'process'),
      () => Journal.openForReading(newer, clock),
    ])
      expect(caught(open).message).toMatch(/has schema 99, this version reads up to 2; update dl-trade/);
  });

  it('refuses a path where no journal can be', () => {
    const directory = temporaryDirectory();
    mkdirSync(join(directory, JOURNAL_FILE));
    expect(caught(() => Journal.open(directory, clock, 'process')).code).toBe('JOURNAL_FAILED');
    expect(caught(() => Journal.openForReading(join(directory, 'nowhere'), clock)).message).toMatch(
      /no journal lies in/,
    );
  });

  it('writes no registered secret', () => {
    registerSecret('canary-secret-1f6c');
    const journal = Journal.open(temporaryDirectory(), clock, 'process');
    journal.append([step(1, {note: 'key canary-secret-1f6c'})], {durable: false});
    expect(journal.last('step')?.body).toBe('{"note":"key [redacted]"}');
    journal.close();
  });
});

describe('a journal of version 1', () => {
  const fixture = new URL('../../fixtures/journal/v1.sqlite.gz', import.meta.url);

  function earlier(): string {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, JOURNAL_FILE), gunzipSync(readFileSync(fixture)));
    return directory;
  }

  it('is read as it is', () => {
    const directory = earlier();
    const before = readFileSync(join(directory, JOURNAL_FILE));
    const journal = Journal.openForReading(directory, clock);
    expect([...journal.entries()]).toHaveLength(125);
    expect(journal.last('session')?.body).toContain('"strategy":"dl-trade-lstm"');
    journal.close();
    expect(readFileSync(join(directory, JOURNAL_FILE)).equals(before)).toBe(true);
  });

  it('is migrated line by line when it goes on, and kept as it was beside the new one', () => {
    const directory = earlier();
    const lines = journalLines(directory);
    const migrated = Journal.open(directory, clock, 'process');
    migrated.append([{kind: 'halt', candleMs: null, body: {}}], {durable: true});
    migrated.close();
    expect(journalLines(directory)).toEqual([...lines, 'halt null {}']);
    const copy = temporaryDirectory();
    cpSync(join(directory, `${JOURNAL_FILE}.v1`), join(copy, JOURNAL_FILE));
    expect(journalLines(copy)).toEqual(lines);
    expect(() => {
      rawJournal(directory).exec("UPDATE entries SET body = ''");
    }).toThrow(/append-only/);
  });

  it('stays whole where its migration fails, and is migrated at the next start', () => {
    const directory = earlier();
    const lines = journalLines(directory);
    // A table of that name stands in the migration's way.
    tamper(directory, 'CREATE TABLE entries_1 (x)');
    expect(caught(() => Journal.open(directory, clock, 'process')).code).toBe('JOURNAL_FAILED');
    expect(journalLines(directory)).toEqual(lines);
    tamper(directory, 'DROP TABLE entries_1');
    Journal.open(directory, clock, 'process').close();
    expect(journalLines(directory)).toEqual(lines);
  });
});

describe('canonicalJson', () => {
  it('lets no credential garble a number, and none through by its escaped characters', () => {
    registerSecret('300000');
    registerSecret('canary"with\\quotes');
    const body = {ms: 1743702300000, quantity: '1300000.5', note: 'key 300000', other: 'canary"with\\quotes'};
    expect(JSON.parse(canonicalJson(body))).toEqual({...body, note: 'key [redacted]', other: '[redacted]'});
  });

  it('loses no number that JSON cannot carry', () => {
    expect(canonicalJson({a: NaN, b: -Infinity, c: 1})).toBe('{"a":"NaN","b":"-Infinity","c":1}');
  });

  it('reads back as the same bytes', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value);
        expect(canonicalJson(JSON.parse(text))).toBe(text);
      }),
    );
  });
});
