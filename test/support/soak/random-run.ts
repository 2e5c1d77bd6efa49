import {existsSync, rmSync, writeFileSync} from 'node:fs';
import {SeededRandom} from '../../../src/domain/seeded-random.js';
import {CRASH_TABLE, STOP_CRASHES} from './crash-table.js';
import type {CrashCase} from './crash-table.js';
import type {Violation} from './laws.js';
import type {Ending, Switch} from './one-life.js';
import {pick, plan} from './random-faults.js';
import type {SoakRun} from './soak-run.js';

/** Those that are crossed without anything to prepare. */
const POINTS = pointsOf(Object.values(CRASH_TABLE).flat());
/** With a stop that rests these as well. */
const STOP_POINTS = [...POINTS, ...pointsOf(Object.values(STOP_CRASHES).flat())];

function pointsOf(cases: readonly CrashCase[]): string[] {
  return cases
    .filter(({given}) => given === 'nothing' || given === 'order under way' || given === 'bought in parts')
    .map(({point}) => point)
    .filter((point) => !/^(order|stop)-/.test(point));
}

/** Lives again and again, each under faults of its own and to an end of its own, then settles.
 *  @param seed the same gives the same plan; what meets what is the machine's affair
 *  @param endMs by `performance.now()`: no life begins later but to settle
 *  @returns what was broken */
export async function liveAtRandom(
  run: SoakRun,
  {seed, lives, endMs = Infinity}: {seed: string; lives: number; endMs?: number},
): Promise<readonly Violation[]> {
  const random = new SeededRandom(seed);
  for (let life = 0; life < lives && performance.now() < endMs; life++) {
    plan(random, run.soak);
    if (random.uniform() < 0.15) run.soak.placeForeignOrder();
    const clock = random.uniform();
    if (clock < 0.1) shift(run, 4000 + random.uniform() * 12_000);
    // Back within what the exchange's own machines may differ by.
    else if (clock < 0.15) shift(run, -1500);
    await run.live(ending(random, run), {halt: turnSwitch(random, run.haltFile), withinMs: 40_000});
  }
  return await run.settle();
}

function shift(run: SoakRun, ms: number): void {
  run.tally.count('faults', ms > 0 ? 'clock ahead' : 'clock back');
  run.soak.shiftClock(ms);
}

function ending(random: SeededRandom, {journal, hasStops}: SoakRun): Ending {
  const points = hasStops ? STOP_POINTS : POINTS;
  const kind = random.uniform();
  const ms = random.uniform() * 8000;
  if (kind < 0.3) return {kind: 'killed-after', ms};
  if (kind < 0.6)
    return {kind: 'crash-point', point: pick(random, points), crossing: pick(random, [1, 1, 1, 2])};
  if (kind < 0.8) {
    const when = pick(random, ['arrived', 'taken'] as const);
    return {kind: 'killed-by-exchange', when, order: pick(random, [1, 1, 2, 3])};
  }
  if (kind < 0.92) return {kind: 'signalled', signal: pick(random, ['SIGINT', 'SIGTERM'] as const), ms};
  return {kind: 'candles', decided: journal.decisions + 5};
}

/** One life in seven is halted; the next one mostly not any more. */
function turnSwitch(random: SeededRandom, haltFile: string): Switch {
  const turn = random.uniform();
  if (existsSync(haltFile)) {
    if (turn < 0.8) rmSync(haltFile);
    return undefined;
  }
  if (turn < 0.05) return 'at an order';
  if (turn < 0.1) return 'at a fill';
  if (turn < 0.14 && existsSync(haltFile.replace(/[^/]+$/, ''))) writeFileSync(haltFile, '');
  return undefined;
}
