import {existsSync, mkdirSync} from 'node:fs';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import type {DlTradeError} from '../../../src/domain/errors.js';
import {haltRuns, resumeRuns} from '../../../src/session/halt-runs.js';
import {HALT_FILE, KillSwitch} from '../../../src/session/kill-switch.js';
import {Journal} from '../../../src/store/journal.js';
import {StateLock} from '../../../src/store/state-lock.js';
import {rejected} from '../../support/caught.js';
import {temporaryDirectory} from '../../support/temporary-directory.js';

const clock = {nowMs: () => 0};
const HALT = {flatten: false, reason: 'a test'};

function directoryOf(run: string): string {
  return join('.dl-trade', 'sim-lstm', run);
}

/** A run whose process has ended. */
function stoppedRun(run: string, {finished = false} = {}): string {
  const journal = Journal.open(directoryOf(run), clock, 'process');
  journal.append([{kind: 'session', candleMs: null, body: {}}], {durable: false});
  if (finished) journal.append([{kind: 'end', candleMs: null, body: {}}], {durable: false});
  journal.close();
  return directoryOf(run);
}

/** A run whose process holds its directory, and journals what its switch says, or is deaf.
 *  @returns what ends it */
function runningRun(run: string, {deaf = false} = {}): () => void {
  const directory = stoppedRun(run);
  const lock = StateLock.acquire(directory, {pid: 1});
  const journal = Journal.open(directory, clock, 'process');
  const killSwitch = new KillSwitch(directory);
  killSwitch.watch((command) => {
    if (deaf) return;
    const line =
      command === undefined ? {kind: 'resume' as const, body: {}} : {kind: 'halt' as const, body: command};
    journal.append([{...line, candleMs: null}], {durable: false});
  });
  return () => {
    killSwitch.close();
    journal.close();
    lock.release();
  };
}

describe('haltRuns and resumeRuns', () => {
  let before: string;
  let endings: (() => void)[];
  beforeEach(() => {
    before = process.cwd();
    endings = [];
    process.chdir(temporaryDirectory());
  });
  afterEach(() => {
    for (const end of endings) end();
    process.chdir(before);
  });

  it('are for those that run, unless all or one is named', async () => {
    const [stopped, finished] = [stoppedRun('run-0001'), stoppedRun('run-0002', {finished: true})];
    endings.push(runningRun('run-0003'));
    const running = directoryOf('run-0003');
    expect(await haltRuns(HALT)).toEqual([
      {stateDirectory: running, running: true, finished: false, confirmed: true},
    ]);
    expect(await resumeRuns({})).toMatchObject([{stateDirectory: running, confirmed: true}]);
    expect(existsSync(join(running, HALT_FILE))).toBe(false);

    expect(await haltRuns({...HALT, all: true})).toMatchObject([
      {stateDirectory: stopped, running: false, confirmed: false},
      {stateDirectory: running, running: true, confirmed: true},
    ]);
    expect(existsSync(join(finished, HALT_FILE))).toBe(false);
    expect(await haltRuns({...HALT, stateDirectory: finished})).toMatchObject([
      {finished: true, confirmed: false},
    ]);
    expect((await rejected(resumeRuns({}))).message).toMatch(
      /resume could mean .*run-0001, .*run-0002.*--all/,
    );
    expect(await resumeRuns({all: true})).toHaveLength(3);
    expect((await rejected(resumeRuns({stateDirectory: stopped}))).message).toMatch(/nothing is halted in/);
    expect((await rejected(resumeRuns({}))).code).toBe('USAGE');
  });

  it('say where there is nothing to halt, and which of several could be meant', async () => {
    expect((await rejected(haltRuns(HALT))).message).toMatch(/no strategy runs below/);
    expect((await rejected(haltRuns({...HALT, all: true}))).message).toMatch(
      /no unfinished strategy lies below/,
    );
    expect((await rejected(haltRuns({...HALT, stateDirectory: 'nowhere'}))).code).toBe('JOURNAL_FAILED');
    endings.push(runningRun('run-0001'), runningRun('run-0002'));
    expect((await rejected(haltRuns({...HALT, flatten: true}))).message).toMatch(/halt --flatten could mean/);
    expect(await haltRuns({...HALT, flatten: true, all: true})).toHaveLength(2);
  });

  it('see to all the others where one cannot be written, and say which', async () => {
    endings.push(runningRun('run-0001'), runningRun('run-0002'));
    const [first, second] = [directoryOf('run-0001'), directoryOf('run-0002')];
    // In place of the switch, so that it cannot be made; it stops no root as a permission would.
    mkdirSync(join(first, HALT_FILE));
    const failures: DlTradeError[] = [];
    const onFailure = (error: DlTradeError): void => void failures.push(error);
    expect(await haltRuns({...HALT, onFailure})).toMatchObject([{stateDirectory: second, confirmed: true}]);
    expect(failures).toMatchObject([
      {code: 'OUTPUT_FAILED', message: expect.stringContaining(first) as unknown},
    ]);
    expect(await resumeRuns({all: true, onFailure})).toMatchObject([
      {stateDirectory: second, confirmed: true},
    ]);
    expect(failures).toHaveLength(2);

    expect(await rejected(haltRuns(HALT))).toMatchObject({code: 'OUTPUT_FAILED'});
    expect(existsSync(join(second, HALT_FILE))).toBe(true);
  });

  it('halt a strategy of which it may not be known whether it runs', async () => {
    endings.push(runningRun('run-0001'));
    const unknown = stoppedRun('run-0002');
    // No lock that could be opened.
    mkdirSync(join(unknown, 'lock.sqlite'));
    const failures: string[] = [];
    const request = {
      ...HALT,
      signal: AbortSignal.abort(),
      onFailure: ({message}: DlTradeError) => void failures.push(message),
    };
    expect(await haltRuns(request)).toMatchObject([
      {stateDirectory: directoryOf('run-0001')},
      {stateDirectory: unknown, running: true, confirmed: false},
    ]);
    expect(failures).toEqual([expect.stringMatching(/run-0002.lock\.sqlite" could not be opened/)]);
    expect(existsSync(join(unknown, HALT_FILE))).toBe(true);
  });

  it('stop waiting for a process that does not obey when they are told to stop', async () => {
    endings.push(runningRun('run-0001', {deaf: true}));
    expect(await haltRuns({...HALT, signal: AbortSignal.abort()})).toMatchObject([
      {running: true, confirmed: false},
    ]);
    expect(existsSync(join(directoryOf('run-0001'), HALT_FILE))).toBe(true);
  });
});
