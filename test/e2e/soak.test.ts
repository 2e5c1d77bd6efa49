import {existsSync} from 'node:fs';
import {describe, expect, it} from 'vitest';
import {CLI} from '../support/cli.js';
import {addonIsBuilt} from '../support/native.js';
import {CRASH_TABLE, STOP_CRASHES, crashAt} from '../support/soak/crash-table.js';
import {KNOWN_DEFECTS, liveWithDefect} from '../support/soak/known-defects.js';
import {RESTING_STOP} from '../support/soak/one-life.js';
import {SoakRun} from '../support/soak/soak-run.js';

describe.skipIf(!addonIsBuilt || !existsSync(CLI))('a live run', () => {
  describe.concurrent('killed between every two steps of the order protocol', () => {
    for (const model of ['lstm', 'transformer'] as const) {
      it(
        `places no order twice, loses none and decides once: ${model}`,
        {timeout: 1_800_000},
        async ({expect}) => {
          const run = await SoakRun.begin({model, seed: 3});
          try {
            for (const each of CRASH_TABLE[model])
              expect([each.point, await crashAt(run, each)]).toEqual([each.point, true]);
            expect(await run.settle()).toEqual([]);
            expect(run.tally.orders).toBeGreaterThan(3);
          } finally {
            await run.end();
          }
        },
      );
    }

    for (const part of ['is placed and taken back', 'changes and sells'] as const) {
      it(
        `sells no holding twice and leaves no stop behind, with one that rests and ${part}`,
        {timeout: 1_800_000},
        async ({expect}) => {
          const run = await SoakRun.begin({model: 'lstm', flags: RESTING_STOP, seed: 3});
          try {
            for (const each of STOP_CRASHES[part])
              expect([each.point, await crashAt(run, each)]).toEqual([each.point, true]);
            expect(await run.settle()).toEqual([]);
            const {stops} = run.tally;
            expect(stops.get(part === 'changes and sells' ? 'filled' : 'canceled')).toBeGreaterThan(2);
          } finally {
            await run.end();
          }
        },
      );
    }
  });

  it.each(['blind-retry', 'forgets-at-restart', 'takes-back-unasked'])(
    'would be caught with a known defect: %s',
    {timeout: 600_000},
    async (name) => {
      const found = await liveWithDefect(name);
      expect(found.map(({law}) => law)).toContain(KNOWN_DEFECTS[name]!.breaks);
    },
  );
});
