import {execFileSync} from 'node:child_process';
import {mkdirSync, readFileSync, truncateSync, writeFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {join} from 'node:path';
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {Decimal} from '../../../src/domain/decimal.js';
import {registerSecret} from '../../../src/domain/secrets.js';
import {JOURNAL_FILE, Journal} from '../../../src/store/journal.js';
import type {NewEntry} from '../../../src/store/journal-entry.js';
import {canonicalJson} from '../../../src/store/journal-entry.js';
import {caught} from '../../support/caught.js';
import {temporaryDirectory} from '../../support/temporary-directory.js';

const clock = {nowMs: () => 1_700_000_000_000};

function step(candleMs: number, body: unknown = {candleMs}): NewEntry {
  return {kind: 'step', candleMs, body};
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
    const {DatabaseSync} = createRequire(import.meta.url)('@photostructure/sqlite') as {
      DatabaseSync: new (path: string) => {exec(sql: string): void; close(): void};
    };
    const raw = new DatabaseSync(join(directory, JOURNAL_FILE));
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
    const script = `
      const {Journal} = await import(${JSON.stringify(new URL('../../../dist/store/journal.js', import.meta.url).href)});
      const journal = Journal.open(${JSON.stringify(directory)}, {nowMs: () => 1}, 'process');
      for (let i = 0; i < 50; i++) journal.append([{kind: 'step', candleMs: i, body: {i}}], {durable: false});
      process.kill(process.pid, 'SIGKILL');
    `;
    expect(() =>
      execFileSync(process.execPath, ['--input-type=module', '-e', script], {stdio: 'pipe'}),
    ).toThrow(/SIGKILL|Command failed/);
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
    expect(caught(() => Journal.open(directory, clock, 'process')).code).toBe('JOURNAL_CORRUPT');
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it('refuses a file that is no journal', () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, JOURNAL_FILE), 'timestamp,open\n'.repeat(100));
    expect(caught(() => Journal.open(directory, clock, 'process')).code).toBe('JOURNAL_CORRUPT');
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
