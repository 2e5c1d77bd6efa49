import {cpSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it, vi} from 'vitest';
import {loadTradingConfig} from '../../../src/config/trading-config.js';
import type {TradingFlags} from '../../../src/config/trading-config.js';
import {nativeVersions, setKernel, setThreads} from '../../../src/model/native.js';
import {HALT_FILE, orderHalt, withdrawHalt} from '../../../src/session/kill-switch.js';
import {replayRun} from '../../../src/session/replay-run.js';
import {reportOf} from '../../../src/session/run-report.js';
import {runSession} from '../../../src/session/run-session.js';
import type {RunResult} from '../../../src/session/run.js';
import {statusOf, statusOfAll} from '../../../src/session/run-status.js';
import {Journal} from '../../../src/store/journal.js';
import {StateLock} from '../../../src/store/state-lock.js';
import {rejected} from '../../support/caught.js';
import {ROOT} from '../../support/cli.js';
import {journalLines} from '../../support/journal-lines.js';
import {addonIsBuilt} from '../../support/native.js';
import {forgedJournal} from '../../support/tampered-journal.js';
import {temporaryDirectory} from '../../support/temporary-directory.js';

const MODELS = join(ROOT, 'models');

interface Happening {
  /** Called behind every record with how many candles were decided on. */
  readonly onDecided?: (count: number) => void;
  readonly signal?: AbortSignal;
  readonly environment?: Readonly<Record<string, string>>;
}

async function run(
  flags: TradingFlags,
  {onDecided, signal, environment = {}}: Happening = {},
): Promise<RunResult> {
  let decided = 0;
  return runSession(
    loadTradingConfig({modelsDir: MODELS, speed: 'max', threshold: '0.5', ...flags}, environment),
    {
      signal: signal ?? new AbortController().signal,
      onBegin: () => undefined,
      onRecord({kind}) {
        if (kind === 'decided') onDecided?.(++decided);
      },
      onNote: () => undefined,
    },
  );
}

describe.skipIf(!addonIsBuilt)('replayRun', () => {
  it('comes to the same bytes with exits, limits and sentiment, through an abort and halts', async () => {
    const directory = temporaryDirectory();
    const stateDir = join(directory, 'state');
    const sentiment = join(directory, 'fng.csv');
    writeFileSync(sentiment, 'timestamp,value\n2023-12-10,20\n2024-01-01T10:00:00Z,70\n');
    const flags = {stateDir, sentiment, maxCandles: '90', maxHolding: '6h', stopLoss: '1'};
    const environment = {TRADING_COOLDOWN: '0', TRADING_MAX_CONSECUTIVE_LOSSES: '0'};
    const controller = new AbortController();
    const command = {reason: 'a test', flatten: true, requestedAtMs: 1};
    const haltFile = join(stateDir, HALT_FILE);
    await run(flags, {
      environment,
      signal: controller.signal,
      onDecided(count) {
        if (count === 20) writeFileSync(haltFile, JSON.stringify(command));
        if (count === 35) controller.abort();
      },
    });
    expect(statusOf(stateDir)).toMatchObject({state: 'stopped', halted: command, haltOrdered: command});
    const halted = await run(flags, {
      environment,
      onDecided(count) {
        if (count === 10) rmSync(haltFile);
      },
    });
    expect(halted).toMatchObject({
      finished: true,
      halted: false,
      exits: {stopLoss: 0.01, maxHoldingMs: 21_600_000},
    });
    const kinds = new Set(journalLines(stateDir).map((line) => line.split(' ')[0]));
    for (const kind of ['halt', 'resume', 'fill']) expect(kinds).toContain(kind);

    const before = readFileSync(join(stateDir, 'journal.sqlite'));
    const progress: number[] = [];
    const report = await replayRun({
      stateDirectory: stateDir,
      modelsDirectory: MODELS,
      onProgress: (done) => progress.push(done),
    });
    expect(report).toMatchObject({
      ok: true,
      matchedSteps: 90,
      waitingLines: 0,
      finished: true,
      difference: null,
    });
    expect(report.matchedLines).toBe(journalLines(stateDir).length - 2);
    expect(progress.length).toBeGreaterThan(5);
    expect(readFileSync(join(stateDir, 'journal.sqlite')).equals(before)).toBe(true);
  });

  it('names the first line and field that were forged, chain and all', async () => {
    const stateDir = join(temporaryDirectory(), 'state');
    await run({stateDir, maxCandles: '30'});
    const journal = Journal.openForReading(stateDir, {nowMs: () => 0});
    const step = journal.last('step')!;
    journal.close();
    const forged = forgedJournal(stateDir, step.seq, (body) => body.replace(/"logit":(-?)/, '"logit":$11'));
    expect(await replayRun({stateDirectory: forged, modelsDirectory: MODELS})).toMatchObject({
      ok: false,
      difference: {seq: step.seq, kind: 'step', computedKind: 'step', fields: [{path: 'forecast.logit'}]},
    });
  });

  it('uses the recorded number of threads, and puts back what was set', async () => {
    const stateDir = join(temporaryDirectory(), 'state');
    setThreads(2);
    try {
      await run({stateDir, maxCandles: '5'});
    } finally {
      setThreads(1);
    }
    expect(journalLines(stateDir)[0]).toContain('"threads":2');
    expect((await replayRun({stateDirectory: stateDir, modelsDirectory: MODELS})).ok).toBe(true);
    expect(nativeVersions().threads).toBe(1);
  });

  it('refuses other weights, another manifest and another kernel, and goes on with the latter where told to', async () => {
    const directory = temporaryDirectory();
    const stateDir = join(directory, 'state');
    await run({stateDir, maxCandles: '3'});
    const other = await rejected(
      replayRun({stateDirectory: stateDir, model: 'transformer', modelsDirectory: MODELS}),
    );
    expect(other.code).toBe('STATE_MISMATCH');
    expect(other.message).toMatch(/written with the weights [0-9a-f]{12}…, and those of "transformer"/);

    cpSync(join(MODELS, 'lstm'), join(directory, 'lstm'), {recursive: true});
    const manifest = join(directory, 'lstm/manifest.json');
    writeFileSync(manifest, readFileSync(manifest, 'utf8').replace(/"horizon": \d+/, '"horizon": 4'));
    const changed = await rejected(replayRun({stateDirectory: stateDir, modelsDirectory: directory}));
    expect(changed.message).toMatch(/written with the manifest/);

    const elsewhere = forgedJournal(stateDir, 1, (body) =>
      body.replace(/"name":"\w+-1"/, '"name":"fused-0"'),
    );
    const request = {stateDirectory: elsewhere, modelsDirectory: MODELS};
    expect((await rejected(replayRun(request))).message).toMatch(/with the kernel fused-0.*--any-kernel/);
    const notes: string[] = [];
    const tried = await replayRun({...request, anyKernel: true, onNote: (note) => notes.push(note)});
    expect(tried.ok).toBe(true);
    expect(notes.join()).toMatch(/last bits/);
  });

  const onAnother = (body: string): string => body.replace(/"isa":"\w+"/, '"isa":"NEON"');

  it('asks of the fast path for its name alone: its bits are the same on every processor', async () => {
    const stateDir = join(temporaryDirectory(), 'state');
    await run({stateDir, maxCandles: '3'});
    expect(journalLines(stateDir)[0]).toContain('"name":"fused-1"');
    const notes: string[] = [];
    const elsewhere = forgedJournal(stateDir, 1, onAnother);
    const request = {stateDirectory: elsewhere, modelsDirectory: MODELS};
    expect((await replayRun({...request, onNote: (note) => notes.push(note)})).ok).toBe(true);
    expect(notes).toEqual([]);
  });

  it('replays what LibTorch computed with LibTorch, on the same instructions', async () => {
    const stateDir = join(temporaryDirectory(), 'state');
    setKernel('naive');
    try {
      await run({stateDir, maxCandles: '3'});
    } finally {
      setKernel('fused');
    }
    expect(journalLines(stateDir)[0]).toContain('"name":"naive"');
    expect((await replayRun({stateDirectory: stateDir, modelsDirectory: MODELS})).ok).toBe(true);
    expect(nativeVersions().kernel).toBe('fused-1');

    const request = {stateDirectory: forgedJournal(stateDir, 1, onAnother), modelsDirectory: MODELS};
    expect((await rejected(replayRun(request))).message).toMatch(
      /computed with the instruction set NEON.*ATEN_CPU_CAPABILITY=neon.*--any-kernel/,
    );
    const notes: string[] = [];
    const tried = await replayRun({...request, anyKernel: true, onNote: (note) => notes.push(note)});
    expect(tried.ok).toBe(true);
    expect(notes.join()).toMatch(/last bits/);
  });

  it('stops at an abort', async () => {
    const stateDir = join(temporaryDirectory(), 'state');
    await run({stateDir, maxCandles: '3'});
    const signal = AbortSignal.abort();
    expect(
      (await rejected(replayRun({stateDirectory: stateDir, modelsDirectory: MODELS, signal}))).code,
    ).toBe('INTERRUPTED');
  });

  it('replays a journal while its run goes on', async () => {
    const stateDir = join(temporaryDirectory(), 'state');
    const controller = new AbortController();
    let replaying: ReturnType<typeof replayRun> | undefined;
    // The run ends when the replay has: before that it goes on, a candle every ten milliseconds.
    const {summary} = await run(
      {stateDir, speed: '360000'},
      {
        signal: controller.signal,
        onDecided(count) {
          if (count !== 30) return;
          replaying = replayRun({stateDirectory: stateDir, modelsDirectory: MODELS}).finally(() => {
            controller.abort();
          });
        },
      },
    );
    const report = await replaying!;
    expect(report).toMatchObject({ok: true, finished: false});
    expect(report.matchedSteps).toBeGreaterThanOrEqual(29);
    expect(report.matchedSteps).toBeLessThanOrEqual(summary.decisions);
  });
});

describe.skipIf(!addonIsBuilt)('the kill switch of a run', () => {
  it('is obeyed between candles, however long the next one takes', async () => {
    const stateDir = join(temporaryDirectory(), 'state');
    const controller = new AbortController();
    const kinds: string[] = [];
    const config = loadTradingConfig(
      // A candle an hour: the next one never comes in this test.
      {modelsDir: MODELS, stateDir, speed: '1', threshold: '0.5'},
      {},
    );
    const result = await runSession(config, {
      signal: controller.signal,
      onBegin: () => undefined,
      onRecord({kind}) {
        kinds.push(kind);
        if (kind === 'decided') void orderHalt(stateDir, {reason: 'x', flatten: false, requestedAtMs: 7});
        if (kind === 'halted') void withdrawHalt(stateDir);
        if (kind === 'resumed') controller.abort();
      },
      onNote: () => undefined,
    });
    expect(kinds.filter((kind) => kind !== 'warming-up')).toEqual(
      expect.arrayContaining(['decided', 'halted', 'resumed']),
    );
    expect(result).toMatchObject({finished: false, halted: false});
  });

  it('ends the run where its command cannot be journalled', async () => {
    const stateDir = join(temporaryDirectory(), 'state');
    const config = loadTradingConfig({modelsDir: MODELS, stateDir, speed: '1', threshold: '0.5'}, {});
    const append = vi.spyOn(Journal.prototype, 'append');
    const halting = (): void => {
      append.mockImplementation(() => {
        throw new Error('no space');
      });
      writeFileSync(join(stateDir, HALT_FILE), '');
    };
    try {
      const ending = runSession(config, {
        signal: new AbortController().signal,
        onBegin: () => undefined,
        onRecord({kind}) {
          if (kind === 'decided') halting();
        },
        onNote: () => undefined,
      });
      await expect(ending).rejects.toThrow('no space');
    } finally {
      append.mockRestore();
    }
  });

  it('leaves a run that ends under it marked as halted', async () => {
    const directory = temporaryDirectory();
    const stateDir = join(directory, 'state');
    Journal.open(stateDir, {nowMs: () => 0}, 'process').close();
    await orderHalt(stateDir, {reason: 'before it began', flatten: false, requestedAtMs: 7});
    const result = await run({stateDir, maxCandles: '20'});
    expect(result).toMatchObject({finished: true, halted: true, summary: {orders: 0}});
    expect(statusOf(stateDir)).toMatchObject({state: 'finished', halted: {reason: 'before it began'}});
    const report = reportOf(stateDir);
    expect(report).toMatchObject({halts: 1, finished: true, trades: {closed: 0, profitFactor: null}});
    expect(Object.keys(report.refusalsByCheck)).toContain('halted');
  });
});

describe.skipIf(!addonIsBuilt)('two strategies', () => {
  it('beside each other in one process journal what each journals alone', async () => {
    const directory = temporaryDirectory();
    const flags = (model: string, at: string): TradingFlags => ({
      ...{model, maxCandles: '40'},
      stateDir: join(directory, `${model}-${at}`),
    });
    for (const model of ['lstm', 'transformer']) await run(flags(model, 'alone'));
    await Promise.all(['lstm', 'transformer'].map(async (model) => run(flags(model, 'beside'))));
    for (const model of ['lstm', 'transformer']) {
      const [alone, beside] = ['alone', 'beside'].map((at) =>
        journalLines(join(directory, `${model}-${at}`)),
      );
      expect(beside).toEqual(alone);
      expect(beside!.some((line) => line.startsWith('fill'))).toBe(true);
    }
  });
});

describe('the status of all', () => {
  it('shows what can be read beside what cannot, and who runs', async () => {
    const directory = temporaryDirectory();
    const [sound, broken, empty] = ['a/run-0001', 'b/run-0001', 'c/run-0001'].map((name) =>
      join(directory, name),
    );
    await run({stateDir: sound!, maxCandles: '2'});
    for (const place of [broken!, empty!]) Journal.open(place, {nowMs: () => 0}, 'process').close();
    writeFileSync(join(broken!, 'journal.sqlite'), 'no journal');
    const lock = StateLock.acquire(sound!, {pid: 4711});
    expect(statusOfAll(directory)).toMatchObject([
      {stateDirectory: sound, state: 'running', pid: 4711, decisions: 2},
      {stateDirectory: broken, error: {code: 'JOURNAL_CORRUPT'}},
      {stateDirectory: empty, state: 'no run yet'},
    ]);
    lock.release();
    expect(statusOfAll(join(directory, 'nowhere'))).toEqual([]);
  });
});
