import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {openState} from '../../../src/session/state-directory.js';
import type {OpenState} from '../../../src/session/state-directory.js';
import {caught} from '../../support/caught.js';
import {temporaryDirectory} from '../../support/temporary-directory.js';

const clock = {nowMs: () => 0};

function request(identity: string, named?: string): Parameters<typeof openState>[0] {
  const strategy = {provider: 'sim', model: './my models/lstm', symbol: 'BTC/USDT', timeframe: '1h'};
  const difference = (session: string): string | undefined =>
    session === `"${identity}"` ? undefined : `name was ${session} there`;
  return {named, ...strategy, difference, pid: 1, durability: 'process'};
}

function close({journal, lock}: OpenState): void {
  journal.close();
  lock.release();
}

/** Begins a run, and ends its process there. */
function begin(identity: string, {finished = false} = {}): string {
  const state = openState(request(identity), clock);
  if (!state.resumes)
    state.journal.append([{kind: 'session', candleMs: null, body: identity}], {durable: false});
  if (finished) state.journal.append([{kind: 'end', candleMs: null, body: {}}], {durable: false});
  close(state);
  return state.directory;
}

describe('openState', () => {
  let before: string;
  beforeEach(() => {
    before = process.cwd();
    const directory = temporaryDirectory();
    process.chdir(directory);
  });
  afterEach(() => {
    process.chdir(before);
  });

  it('goes on with the last unfinished run of the same inputs, whatever ran since', () => {
    const first = begin('a');
    const other = begin('b');
    expect(other).not.toBe(first);
    begin('c', {finished: true});
    expect(begin('a')).toBe(first);
    expect(begin('b')).toBe(other);
  });

  it('begins anew behind a finished run', () => {
    const first = begin('a', {finished: true});
    const second = begin('a', {finished: true});
    expect([first, second].map((path) => path.slice(-8))).toEqual(['run-0001', 'run-0002']);
  });

  it('begins anew beside a run that is going on', () => {
    const going = openState(request('a'), clock);
    going.journal.append([{kind: 'session', candleMs: null, body: 'a'}], {durable: false});
    const beside = openState(request('a'), clock);
    expect(beside.directory).not.toBe(going.directory);
    expect(beside.resumes).toBe(false);
    close(going);
    close(beside);
  });

  it('begins anew beside a damaged run, keeps it, and says so once', () => {
    const first = begin('a');
    writeFileSync(join(first, 'journal.sqlite'), 'x'.repeat(5000));
    const state = openState(request('a'), clock);
    expect(state.directory).not.toBe(first);
    expect(state.warnings.join()).toMatch(/run-0001.* is damaged/);
    close(state);
    expect(readFileSync(join(first, 'journal.sqlite'), 'utf8')).toBe('x'.repeat(5000));
    expect(caught(() => openState(request('a', first), clock)).message).toMatch(/kept unchanged as/);
    const again = openState(request('a'), clock);
    expect(again.warnings).toEqual([]);
    close(again);
  });

  it('makes a folder name of any model name', () => {
    expect(begin('a')).toMatch(/^\.dl-trade\/sim-my-models-lstm-BTC-USDT-1h\/run-0001$/);
  });

  it('takes a named directory as it is, or refuses it', () => {
    const named = join(process.cwd(), 'state');
    const state = openState(request('a', named), clock);
    state.journal.append([{kind: 'session', candleMs: null, body: 'a'}], {durable: false});
    expect(caught(() => openState(request('a', named), clock)).code).toBe('STATE_LOCKED');
    close(state);
    expect(caught(() => openState(request('b', named), clock)).message).toMatch(
      /belongs to another strategy, source or configuration: name was "a" there;/,
    );
    const again = openState(request('a', named), clock);
    expect(again.resumes).toBe(true);
    again.journal.append([{kind: 'end', candleMs: null, body: {}}], {durable: false});
    close(again);
    expect(caught(() => openState(request('a', named), clock)).message).toMatch(/holds a finished run/);
  });
});
