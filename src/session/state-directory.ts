import {existsSync, mkdirSync, readdirSync} from 'node:fs';
import {join} from 'node:path';
import type {Clock} from '../domain/clock.js';
import {DlTradeError} from '../domain/errors.js';
import {Journal} from '../store/journal.js';
import {JOURNAL_FILE} from '../store/journal-file.js';
import type {Durability} from '../store/journal.js';
import {StateLock} from '../store/state-lock.js';

/** Where the state directories lie that a run makes for itself. */
export const DEFAULT_STATE_ROOT = '.dl-trade';

export interface StateRequest {
  /** Named by the user; undefined: one below `DEFAULT_STATE_ROOT`. */
  readonly named: string | undefined;
  readonly provider: string;
  readonly model: string;
  readonly symbol: string;
  readonly timeframe: string;
  /** Compares the `session` line of a journal with the run that is to go on.
   *  @returns where they differ, in words; undefined where the line is of this run */
  readonly difference: (session: string, directory: string) => string | undefined;
  /** True for a run at an exchange, which has no end: it has one directory, where it always goes on. */
  readonly goesOn?: boolean;
  readonly pid: number;
  readonly durability: Durability;
}

/** A locked state directory with its open journal. */
export interface OpenState {
  readonly directory: string;
  readonly journal: Journal;
  readonly lock: StateLock;
  /** True where the journal holds an unfinished run that goes on now. */
  readonly resumes: boolean;
  /** What a user should hear: that the journal of another run here is damaged. */
  readonly warnings: readonly string[];
}

type LockedJournal = Pick<OpenState, 'directory' | 'journal' | 'lock'>;

/** Locks and opens the directory of a run: the one that was named, else the last unfinished run of the same strategy and
 *  inputs, else a fresh one. A finished run is never continued: its journal is a record.
 *  @throws STATE_LOCKED STATE_MISMATCH JOURNAL_CORRUPT JOURNAL_FAILED */
export function openState(request: StateRequest, clock: Clock): OpenState {
  const named = request.named ?? (request.goesOn === true ? baseOf(request) : undefined);
  return named === undefined ? openNewest(request, clock) : openNamed(named, request, clock);
}

function openNamed(directory: string, request: StateRequest, clock: Clock): OpenState {
  const state = open(directory, request, clock);
  try {
    const match = matchRun(state.journal, directory, request);
    if (match.run === 'same' || match.run === 'empty')
      return {...state, resumes: match.run === 'same', warnings: []};
    throw new DlTradeError(
      'STATE_MISMATCH',
      match.run === 'other'
        ? `state directory "${directory}" belongs to another strategy, source or configuration: ${match.difference}; name a fresh --state-dir`
        : `state directory "${directory}" holds a finished run; name a fresh --state-dir to run again`,
      {details: {directory}},
    );
  } catch (error) {
    close(state);
    throw error;
  }
}

function openNewest(request: StateRequest, clock: Clock): OpenState {
  const base = baseOf(request);
  const runs = listOrMake(base)
    .map((name) => /^run-(\d{4,})$/.exec(name)?.[1])
    .filter((digits) => digits !== undefined)
    .map(Number)
    .sort((a, b) => b - a);
  const warnings: string[] = [];
  for (const run of runs) {
    const directory = join(base, runName(run));
    if (!existsSync(join(directory, JOURNAL_FILE))) continue;
    try {
      if (!isSameRun(directory, request, clock)) continue;
      const state = open(directory, request, clock);
      return {...state, resumes: true, warnings};
    } catch (error) {
      // A run that is in use, or damaged, does not keep a fresh one from starting.
      if (!(error instanceof DlTradeError)) throw error;
      if (error.code === 'JOURNAL_CORRUPT') warnings.push(error.message);
      else if (error.code !== 'STATE_LOCKED' && error.code !== 'JOURNAL_FAILED') throw error;
    }
  }
  const state = open(join(base, runName((runs[0] ?? 0) + 1)), request, clock);
  return {...state, resumes: false, warnings};
}

function baseOf({provider, model, symbol, timeframe}: StateRequest): string {
  return join(DEFAULT_STATE_ROOT, [provider, fileNameOf(model), fileNameOf(symbol), timeframe].join('-'));
}

/** Asked without a lock and without writing, so that a look at twenty runs disturbs none. */
function isSameRun(directory: string, request: StateRequest, clock: Clock): boolean {
  const journal = Journal.openForReading(directory, clock);
  try {
    return matchRun(journal, directory, request).run === 'same';
  } finally {
    journal.close();
  }
}

function listOrMake(base: string): string[] {
  try {
    mkdirSync(base, {recursive: true});
    return readdirSync(base);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new DlTradeError(
      'JOURNAL_FAILED',
      `no state directory can be made here (${why}); name one that can be written with --state-dir`,
      {cause, details: {base}},
    );
  }
}

function open(directory: string, {pid, durability}: StateRequest, clock: Clock): LockedJournal {
  const lock = StateLock.acquire(directory, {pid});
  try {
    return {directory, lock, journal: Journal.open(directory, clock, durability)};
  } catch (error) {
    lock.release();
    throw error;
  }
}

function close({journal, lock}: LockedJournal): void {
  journal.close();
  lock.release();
}

type RunMatch =
  {readonly run: 'empty' | 'same' | 'finished'} | {readonly run: 'other'; readonly difference: string};

function matchRun(journal: Journal, directory: string, {difference}: StateRequest): RunMatch {
  const session = journal.last('session');
  if (session === undefined) return {run: 'empty'};
  const differs = difference(session.body, directory);
  if (differs !== undefined) return {run: 'other', difference: differs};
  return {run: journal.last('end') === undefined ? 'same' : 'finished'};
}

function runName(run: number): string {
  return `run-${String(run).padStart(4, '0')}`;
}

/** A name as part of a path: `BTC/USDT` -> `BTC-USDT`, a path its last part. */
function fileNameOf(name: string): string {
  return name
    .replace(/[/\\]+$/, '')
    .replace(/^.*[/\\](?=models[/\\])/, '')
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[-.]+/, '');
}
