import {existsSync, mkdirSync, readdirSync} from 'node:fs';
import {join} from 'node:path';
import type {Clock} from '../domain/clock.js';
import {DlTradeError} from '../domain/errors.js';
import {JOURNAL_FILE, Journal} from '../store/journal.js';
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
  /** What the journal's `session` entry must say for its run to be this one; canonical JSON. */
  readonly identity: string;
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
}

/** Locks and opens the directory of a run: the one that was named, else the last unfinished run of the same strategy and
 *  inputs, else a fresh one. A finished run is never continued: its journal is a record.
 *  @throws STATE_LOCKED STATE_MISMATCH JOURNAL_CORRUPT JOURNAL_FAILED */
export function openState(request: StateRequest, clock: Clock): OpenState {
  return request.named === undefined ? openNewest(request, clock) : openNamed(request.named, request, clock);
}

function openNamed(directory: string, request: StateRequest, clock: Clock): OpenState {
  const state = open(directory, request, clock);
  const verdict = matchRun(state.journal, request.identity);
  if (verdict === 'same' || verdict === 'empty') return {...state, resumes: verdict === 'same'};
  close(state);
  throw new DlTradeError(
    'STATE_MISMATCH',
    verdict === 'finished'
      ? `state directory "${directory}" holds a finished run; name a fresh --state-dir to run again`
      : `state directory "${directory}" belongs to another strategy, source or configuration; name a fresh --state-dir`,
    {details: {directory}},
  );
}

function openNewest(request: StateRequest, clock: Clock): OpenState {
  const {provider, model, symbol, timeframe} = request;
  const base = join(
    DEFAULT_STATE_ROOT,
    [provider, fileNameOf(model), fileNameOf(symbol), timeframe].join('-'),
  );
  const runs = listOrMake(base)
    .map((name) => /^run-(\d{4,})$/.exec(name)?.[1])
    .filter((digits) => digits !== undefined)
    .map(Number)
    .sort((a, b) => b - a);
  for (const run of runs) {
    const directory = join(base, runName(run));
    const state = existsSync(join(directory, JOURNAL_FILE)) ? tryOpen(directory, request, clock) : undefined;
    if (state === undefined) continue;
    if (matchRun(state.journal, request.identity) === 'same') return {...state, resumes: true};
    close(state);
  }
  return {...open(join(base, runName((runs[0] ?? 0) + 1)), request, clock), resumes: false};
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

/** A run that is in use, or damaged, does not keep a fresh one from starting. */
function tryOpen(
  directory: string,
  request: StateRequest,
  clock: Clock,
): Omit<OpenState, 'resumes'> | undefined {
  try {
    return open(directory, request, clock);
  } catch (error) {
    if (error instanceof DlTradeError && (error.code === 'STATE_LOCKED' || error.code === 'JOURNAL_CORRUPT'))
      return undefined;
    throw error;
  }
}

function open(directory: string, {pid, durability}: StateRequest, clock: Clock): Omit<OpenState, 'resumes'> {
  const lock = StateLock.acquire(directory, {pid});
  try {
    return {directory, lock, journal: Journal.open(directory, clock, durability)};
  } catch (error) {
    lock.release();
    throw error;
  }
}

function close({journal, lock}: Omit<OpenState, 'resumes'>): void {
  journal.close();
  lock.release();
}

function matchRun(journal: Journal, identity: string): 'empty' | 'same' | 'finished' | 'other' {
  const session = journal.last('session');
  if (session === undefined) return 'empty';
  if (session.body !== identity) return 'other';
  return journal.last('end') === undefined ? 'same' : 'finished';
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
