import {existsSync} from 'node:fs';
import {describe, expect, it} from 'vitest';
import {CLI} from '../support/cli.js';
import {addonIsBuilt} from '../support/native.js';
import {CRASH_TABLE, crashAt} from '../support/soak/crash-table.js';
import {KNOWN_DEFECTS, liveWithDefect} from '../support/soak/known-defects.js';
import {SoakRun} from '../support/soak/soak-run.js';

describe.skipIf(!addonIsBuilt || !existsSync(CLI))('a live run', () => {
  describe.concurrent('killed between every two steps of the order protocol', () => {
    for (const model of ['lstm', 'transformer'] as const) {
      it(
        `places no order twice, loses none and decides once: ${model}`,
        {timeout: 900_000},
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
  });

  it.each(['blind-retry', 'forgets-at-restart'])(
    'would be caught with a known defect: %s',
    {timeout: 240_000},
    async (name) => {
      const found = await liveWithDefect(name);
      expect(found.map(({law}) => law)).toContain(KNOWN_DEFECTS[name]!.breaks);
    },
  );
});
