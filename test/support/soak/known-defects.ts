import type {Law, Violation} from './laws.js';
import {RESTING_STOP} from './one-life.js';
import {heal} from './random-faults.js';
import {SoakRun} from './soak-run.js';

/** A defect of mutants.mjs, what brings it to light, and the law that it breaks. */
interface KnownDefect {
  readonly breaks: Law;
  readonly flags?: readonly string[];
  readonly provoke: (run: SoakRun) => Promise<void>;
}

const ORDER = 'POST /api/v3/order';

/** The defects that cost traders money elsewhere. */
export const KNOWN_DEFECTS: Readonly<Record<string, KnownDefect>> = {
  'send-before-journal': {
    // Nothing tells the next life that its decision has been carried out.
    breaks: 'sent once',
    async provoke(run) {
      await run.live({kind: 'crash-point', point: 'after-answer', crossing: 1});
    },
  },
  'blind-retry': {
    breaks: 'sent once',
    async provoke(run) {
      run.soak.exchange.fail(ORDER, {kind: 'dropped', when: 'after'});
      await run.live({kind: 'crash-point', point: 'after-submit', crossing: 1});
    },
  },
  'forgets-at-restart': {
    breaks: 'no order lost',
    async provoke(run) {
      await run.live({kind: 'killed-by-exchange', when: 'taken', order: 1});
    },
  },
  'fills-twice': {
    breaks: 'fills as at the exchange',
    async provoke(run) {
      Object.assign(run.soak.venue.orders.behaviour, {fillParts: 2, fillEveryMs: 6000});
      // One part is journalled, and told again in the next life.
      await run.live({kind: 'crash-point', point: 'after-fill-line', crossing: 1});
    },
  },
  'absent-at-once': {
    breaks: 'no order lost',
    async provoke(run) {
      const hiddenMs = 8000;
      Object.assign(run.soak.venue.orders.behaviour, {hiddenMs});
      await run.live({kind: 'killed-by-exchange', when: 'taken', order: 1});
      // Given up where the journal says so.
      await run.live({kind: 'crash-point', point: 'after-report-line', crossing: 1});
    },
  },
  'takes-back-unasked': {
    breaks: 'one sell of one holding',
    flags: RESTING_STOP,
    async provoke(run) {
      await run.live({kind: 'candles', decided: 25});
    },
  },
};

/** Lets a build with a known defect live through what brings it to light.
 *  @param build `sound`: the same without the defect
 *  @returns what was noticed */
export async function liveWithDefect(
  name: string,
  build: 'defective' | 'sound' = 'defective',
): Promise<readonly Violation[]> {
  const run = await SoakRun.begin({
    ...{model: 'lstm', seed: 3, flags: KNOWN_DEFECTS[name]!.flags ?? []},
    ...(build === 'sound' ? {} : {preloads: ['mutants.mjs'], env: {MUTANT: name}}),
  });
  try {
    heal(run.soak);
    await KNOWN_DEFECTS[name]!.provoke(run);
    return await run.settle();
  } finally {
    await run.end();
  }
}
