// The soak as a process of its own, which bench/soak.mjs starts.
import {parseArgs} from 'node:util';
import {KNOWN_DEFECTS, liveWithDefect} from './known-defects.js';
import type {Violation} from './laws.js';
import {RESTING_STOP, killAll} from './one-life.js';
import {liveAtRandom} from './random-run.js';
import {SoakRun} from './soak-run.js';
import {Tally} from './tally.js';

const LIVES_A_RUN = 14;

const {values} = parseArgs({
  options: {
    minutes: {type: 'string', default: '20'},
    seed: {type: 'string', default: '1'},
    jobs: {type: 'string', default: '2'},
    keep: {type: 'boolean', default: false},
    mutants: {type: 'boolean', default: false},
  },
});
const [minutes, seed, jobs] = [values.minutes, values.seed, values.jobs].map(Number) as [
  number,
  number,
  number,
];

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const told = ({law, text}: Violation): string => `  VIOLATION ${law}: ${text}`;

const total = new Tally();
let violations = 0;

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    killAll();
    // Of the runs that are whole.
    report();
    process.exit(1);
  });
}

process.exitCode = values.mutants ? await tryMutants() : await soak();

async function soak(): Promise<number> {
  const endMs = performance.now() + minutes * 60_000;
  let begun = 0;
  const work = async (): Promise<void> => {
    while (performance.now() < endMs) {
      const number = begun++;
      const model = number % 2 === 0 ? 'lstm' : 'transformer';
      const flags = number % 4 < 2 ? [] : RESTING_STOP;
      const run = await SoakRun.begin({model, flags, seed: seed * 1000 + number});
      const name = `${String(seed)}/${String(number)}`;
      const found = await liveAtRandom(run, {seed: name, lives: LIVES_A_RUN, endMs});
      const {lives, orders, fills} = run.tally;
      say(
        `run ${name} ${model}${flags.length > 0 ? ' with a resting stop' : ''}: ${String(lives)} lives, ${String(orders)} orders, ${String(fills)} fills, ${String(found.length)} violations`,
      );
      for (const each of found) say(told(each));
      total.add(run.tally);
      violations += found.length;
      const keep = values.keep && found.length > 0;
      if (keep) say(`  left in ${run.stateDirectory}`);
      await run.end({keep});
    }
  };
  await Promise.all(Array.from({length: jobs}, work));
  report();
  return violations === 0 ? 0 : 1;
}

async function tryMutants(): Promise<number> {
  let missed = 0;
  for (const [name, {breaks}] of Object.entries(KNOWN_DEFECTS)) {
    const found = await liveWithDefect(name);
    const sound = await liveWithDefect(name, 'sound');
    const isCaught = found.some(({law}) => law === breaks) && sound.length === 0;
    if (!isCaught) missed += 1;
    say(
      `${isCaught ? 'caught' : 'MISSED'} ${name}: breaks "${breaks}"; ${String(found.length)} violations, ${String(sound.length)} without the defect`,
    );
    for (const each of [...found, ...sound]) say(told(each));
  }
  return missed === 0 ? 0 : 1;
}

function report(): void {
  const counts = {
    ...{runs: total.runs, lives: total.lives, 'decided candles': total.decisions},
    ...{'orders at the exchange': total.orders, fills: total.fills},
    'orders of others, left alone': total.foreignOrders,
    'slowest stop after a signal, ms': Math.round(total.slowestStopMs),
  };
  say('\n| what | how often |\n|---|---|');
  for (const [name, count] of Object.entries(counts)) say(`| ${name} | ${String(count)} |`);
  for (const [what, map] of [
    ['fault', total.faults],
    ['end', total.ends],
    ['crash point', total.points],
    ['stop that rested, in the end', total.stops],
  ] as const) {
    for (const [name, count] of [...map].sort(([, a], [, b]) => b - a))
      say(`| ${what}: ${name} | ${String(count)} |`);
  }
  say(`| **violations** | **${String(violations)}** |`);
}
