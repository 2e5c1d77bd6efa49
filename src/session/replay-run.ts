import {setImmediate} from 'node:timers/promises';
import {DlTradeError} from '../domain/errors.js';
import {ReplayScript} from '../engine/replay-script.js';
import type {ReplayDifference} from '../engine/replay-script.js';
import {PaperBroker} from '../execution/paper-broker.js';
import {nativeVersions, setKernel, setThreads} from '../model/native.js';
import type {Model} from '../model/model-persistence.js';
import {createStrategy, paperOptions} from './create-strategy.js';
import {interruptible} from './interruption.js';
import {openRun} from './recorded-run.js';
import type {OpenRun} from './recorded-run.js';
import {requireModel} from './require-model.js';
import {fingerprintOf, hasClockOfItsOwn} from './run-identity.js';
import type {RunIdentity} from './run-identity.js';

/** Which journal to compute again, and with which model. */
export interface ReplayRequest {
  readonly stateDirectory: string;
  /** Name or path; by default the one that the journal names. */
  readonly model?: string | undefined;
  /** Where models lie; by default `models/` here, then those shipped. */
  readonly modelsDirectory?: string | undefined;
  /** True: go on where LibTorch or the instruction set are others, whose last bits may be others as well. */
  readonly anyKernel?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called now and then with lines compared and lines in all. */
  readonly onProgress?: (done: number, total: number) => void;
  /** A warning for people. */
  readonly onNote?: (text: string) => void;
}

/** What came of computing a journal again. */
export interface ReplayReport {
  readonly stateDirectory: string;
  readonly model: string;
  readonly symbol: string;
  readonly timeframe: string;
  /** True where every line that could be compared is the same, byte for byte. */
  readonly ok: boolean;
  /** Lines of the journal when the replay began. */
  readonly lines: number;
  /** Lines that were computed again and are the same. */
  readonly matchedLines: number;
  /** Decisions among them. */
  readonly matchedSteps: number;
  /** Lines at the end whose candle the journal does not hold yet: a run that was stopped, or goes on, between the two. */
  readonly waitingLines: number;
  /** False where the run was stopped, or goes on. */
  readonly finished: boolean;
  /** The first line that came out otherwise. */
  readonly difference: ReplayDifference | null;
}

/** Events between two pauses for signals and timers. */
const STRIDE = 64;

/** Computes every decision of a journal again, through the engine that made it, and compares every byte: features, logit,
 *  decision, verdict with its numbers, order ids, and on paper the fills. Only what no computation can give is taken from the journal:
 *  candles, sentiment, the kill switch, and of a venue what it said. Nothing is written.
 *  @throws JOURNAL_FAILED JOURNAL_CORRUPT, STATE_MISMATCH for a model or machine other than the recorded one, INTERRUPTED, and what
 *    loading the model throws */
export async function replayRun(request: ReplayRequest): Promise<ReplayReport> {
  const run = openRun(request.stateDirectory);
  try {
    const {identity} = run;
    const model = await requireModel(request.model ?? identity.model, request.modelsDirectory);
    try {
      requireSameModel(identity, model, request.stateDirectory);
      return await withKernel(identity.kernel, async () => {
        requireSameKernel(identity, request);
        return await replayOn(run, model, request);
      });
    } finally {
      model.network.dispose();
    }
  } finally {
    run.journal.close();
  }
}

async function replayOn(
  {journal, identity, rules}: OpenRun,
  model: Model,
  {stateDirectory, signal, onProgress}: ReplayRequest,
): Promise<ReplayReport> {
  const lines = journal.length;
  const finished = journal.last('end') !== undefined;
  const script = new ReplayScript(journal.entries());
  const isPaper = identity.broker === 'paper';
  const strategy = createStrategy(identity, {
    ...{model, rules, journal: script, killSwitch: script.killSwitch, sentiment: script.sentiment},
    broker: isPaper ? new PaperBroker(paperOptions(identity, rules)) : script.broker,
    ...(hasClockOfItsOwn(identity) ? {clock: script.clock} : {}),
  });
  await interruptible(signal, async () => {
    let events = 0;
    for await (const compared of strategy.replay(script, isPaper ? 'computed' : 'recorded')) {
      if (++events % STRIDE !== 0) continue;
      onProgress?.(compared, lines);
      await setImmediate();
      signal?.throwIfAborted();
    }
  });
  let waitingLines = 0;
  if (script.difference === undefined) {
    while (script.next !== undefined) {
      script.skip();
      waitingLines += 1;
    }
  }
  return {
    ...{stateDirectory, model: identity.model, symbol: identity.symbol, timeframe: identity.timeframe},
    ok: script.difference === undefined,
    ...{lines, matchedLines: script.compared, matchedSteps: script.steps, waitingLines, finished},
    difference: script.difference ?? null,
  };
}

function requireSameModel(identity: RunIdentity, model: Model, directory: string): void {
  const now = fingerprintOf(model);
  for (const [field, what] of [
    ['weights', 'weights'],
    ['manifest', 'manifest'],
    ['schema', 'feature schema'],
  ] as const) {
    if (identity[field] === now[field]) continue;
    const remedy =
      field === 'schema'
        ? 'replay it with the version of dl-trade that wrote it'
        : 'give the model that it was recorded with: --model PATH or --models-dir DIR';
    throw new DlTradeError(
      'STATE_MISMATCH',
      `the journal in "${directory}" was written with the ${what} ${identity[field].slice(0, 12)}…, and those of "${model.name}" are `
        + `${now[field].slice(0, 12)}…; ${remedy}`,
      {details: {field, recorded: identity[field], now: now[field]}},
    );
  }
}

function requireSameKernel({kernel}: RunIdentity, {anyKernel, onNote}: ReplayRequest): void {
  const now = nativeVersions();
  if (kernel.name !== now.kernel) {
    const difference = `the journal was computed with the kernel ${kernel.name}, and this is ${now.kernel}`;
    if (anyKernel === true) {
      onNote?.(`${difference}: the last bits of a logit may differ`);
      return;
    }
    throw new DlTradeError(
      'STATE_MISMATCH',
      `${difference}; replay it with a version of dl-trade and a processor that have it, or pass --any-kernel to see whether the bits differ`,
      {details: {field: 'name', recorded: kernel.name, now: now.kernel}},
    );
  }
  // Of any other kernel the name says it all.
  if (kernel.name !== 'naive') return;
  for (const field of ['libtorch', 'isa'] as const) {
    if (kernel[field] === now[field]) continue;
    const difference = `the journal was computed with ${field === 'isa' ? 'the instruction set' : 'LibTorch'} ${kernel[field]}, and this is ${now[field]}`;
    if (anyKernel === true) {
      onNote?.(`${difference}: the last bits of a logit may differ`);
      continue;
    }
    const remedy =
      field === 'isa'
        ? `set ATEN_CPU_CAPABILITY=${kernel.isa.toLowerCase()} where this processor has it`
        : 'replay it where that is installed';
    throw new DlTradeError(
      'STATE_MISMATCH',
      `${difference}, whose last bits differ; ${remedy}, or pass --any-kernel to see whether they do`,
      {details: {field, recorded: kernel[field], now: now[field]}},
    );
  }
}

/** Computes with what a journal was computed with, as far as there is a choice. */
async function withKernel<T>({name, threads}: RunIdentity['kernel'], work: () => Promise<T>): Promise<T> {
  const before = nativeVersions();
  setThreads(threads);
  setKernel(name === 'naive' ? 'naive' : 'fused');
  try {
    return await work();
  } finally {
    setThreads(before.threads);
    setKernel(before.kernel === 'naive' ? 'naive' : 'fused');
  }
}
