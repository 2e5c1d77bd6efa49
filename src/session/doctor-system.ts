import {existsSync, mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {statfs} from 'node:fs/promises';
import {dirname, join, resolve} from 'node:path';
import {loadTradingConfig} from '../config/trading-config.js';
import type {Clock} from '../domain/clock.js';
import {DlTradeError} from '../domain/errors.js';
import {Journal} from '../store/journal.js';
import {StateLock} from '../store/state-lock.js';
import type {CheckResult, DoctorRequest} from './doctor-check.js';
import {DEFAULT_STATE_ROOT} from './state-directory.js';

/** A year of 5m candles takes about 80 MB of journal. */
const LITTLE_SPACE_BYTES = 1 << 30;
const NO_SPACE_BYTES = 50 << 20;

const WALL_CLOCK: Clock = {nowMs: () => Date.now()};

/** @param version of Node, for its tests */
export function checkNode(_: unknown, version: string = process.versions.node): CheckResult[] {
  const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const {node: wanted} = (JSON.parse(manifest) as {engines: {node: string}}).engines;
  const [, least = ''] = /^>=([\d.]+)$/.exec(wanted) ?? [];
  if (isAtLeast(version, least)) return [{check: 'node', verdict: 'ok', text: `${version}, want ${wanted}`}];
  const text = `Node was "${version}", want ${wanted}; install a newer one`;
  return [{check: 'node', verdict: 'failed', text, code: 'USAGE'}];
}

function isAtLeast(version: string, least: string): boolean {
  const [have, want] = [version, least].map((text) => text.split('.').map(Number));
  for (let i = 0; i < want!.length; i++) {
    const [a, b] = [have![i] ?? 0, want![i]!];
    if (a !== b) return a > b;
  }
  return true;
}

/** Reads the environment as a run without flags would.
 *  @throws what `loadTradingConfig` throws */
export function checkConfiguration({environment}: DoctorRequest): CheckResult[] {
  const {provider, mode, maxPositionSizeQuote, maxDailyDrawdown, maxOpenPositions} = loadTradingConfig(
    {},
    environment,
  );
  const text =
    `${mode} at ${provider}; a position of at most ${maxPositionSizeQuote}, ${maxOpenPositions} at a time, `
    + `a daily drawdown of at most ${100 * maxDailyDrawdown}%`;
  return [{check: 'config', verdict: 'ok', text}];
}

/** Locks a directory and writes a journal where a run would, then takes both away again: a disk may be writable and yet
 *  know no locks, as some network disks do.
 *  @throws JOURNAL_FAILED STATE_LOCKED */
export function checkState(request: DoctorRequest): CheckResult[] {
  const parent = standingParent(request);
  const started = performance.now();
  const directory = makeDirectory(parent);
  try {
    const lock = StateLock.acquire(directory, {pid: process.pid});
    try {
      const journal = Journal.open(directory, WALL_CLOCK, 'power');
      journal.append([{kind: 'session', candleMs: null, body: {}}], {durable: true});
      journal.close();
    } finally {
      lock.release();
    }
  } finally {
    rmSync(directory, {recursive: true, force: true});
  }
  const ms = (performance.now() - started).toFixed(0);
  return [
    {
      check: 'state',
      verdict: 'ok',
      text: `a journal can be locked and written in "${parent}", durably, in ${ms} ms`,
    },
  ];
}

/** Says how much a journal can still grow.
 *  @param free bytes, for its tests */
export async function checkDisk(request: DoctorRequest, free?: number): Promise<CheckResult[]> {
  const parent = standingParent(request);
  const bytes = free ?? (await freeBytes(parent));
  const text = `${(bytes / 2 ** 30).toFixed(1)} GiB are free at "${parent}"`;
  if (bytes >= LITTLE_SPACE_BYTES) return [{check: 'disk', verdict: 'ok', text}];
  if (bytes >= NO_SPACE_BYTES)
    return [{check: 'disk', verdict: 'warning', text: `${text}; a year of 5m candles takes about 0.1`}];
  return [{check: 'disk', verdict: 'failed', text: `only ${text}; free some`, code: 'JOURNAL_FAILED'}];
}

async function freeBytes(path: string): Promise<number> {
  const {bavail, bsize} = await statfs(path);
  return bavail * bsize;
}

/** The state directory, or what is there of the way to it. */
function standingParent({stateDirectory = DEFAULT_STATE_ROOT}: DoctorRequest): string {
  let path = resolve(stateDirectory);
  while (!existsSync(path) && dirname(path) !== path) path = dirname(path);
  return path;
}

function makeDirectory(parent: string): string {
  try {
    return mkdtempSync(join(parent, '.dl-trade-doctor-'));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new DlTradeError(
      'JOURNAL_FAILED',
      `no state directory can be made in "${parent}" (${why}); go to a folder that can be written, or name one with --state-dir`,
      {cause, details: {parent}},
    );
  }
}
