import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {readCandles} from '../../src/candles/read-candles.js';
import {sequenceCandles} from '../../src/candles/sequence-candles.js';
import {writeCandles} from '../../src/candles/write-candles.js';
import type {Candle} from '../../src/domain/candle.js';
import {FIVE_MINUTES, LATE_CLOCK, START_MS} from '../support/candles.js';
import {useTemporaryDirectory} from '../support/temporary-directory.js';

const directory = useTemporaryDirectory();

const price = fc.double({min: 5e-324, max: 1.7e308, noNaN: true});
const volume = fc.oneof(fc.constant(0), fc.double({min: 0, max: 1.7e308, noNaN: true}));
// Steps of 1 are most common, so that the file tells its own timeframe.
const step = fc.oneof(
  {weight: 5, arbitrary: fc.constant(1)},
  {weight: 1, arbitrary: fc.integer({min: 2, max: 9})},
);

/** Candles as a source would have them: sound, in order, on the grid, with gaps. */
const source: fc.Arbitrary<Candle[]> = fc
  .array(fc.record({prices: fc.tuple(price, price, price, price), volume, step}), {
    minLength: 1,
    maxLength: 40,
  })
  .map((rows) => {
    let openTimeMs = START_MS - 4 * FIVE_MINUTES.ms;
    const start = [0, 1, 2, 3].map((i) => ({
      openTimeMs: openTimeMs + i * FIVE_MINUTES.ms,
      ...{open: 1, high: 1, low: 1, close: 1, volume: 0},
    }));
    openTimeMs += 3 * FIVE_MINUTES.ms;
    const random = rows.map((row) => {
      openTimeMs += row.step * FIVE_MINUTES.ms;
      const [low, open, close, high] = [...row.prices].sort((a, b) => a - b) as [
        number,
        number,
        number,
        number,
      ];
      return {openTimeMs, open, high, low, close, volume: row.volume};
    });
    return [...start, ...random];
  });

describe('candle files', () => {
  it.each(['csv', 'csv.gz', 'parquet'])(
    'read what was written to a .%s, to the bit and with the flags',
    async (format) => {
      const path = directory.path(`any.${format}`);
      await fc.assert(
        fc.asyncProperty(source, async (candles) => {
          const sequenced = [...sequenceCandles(candles, {timeframe: FIVE_MINUTES})];
          await writeCandles(path, sequenced);
          const {timeframe, history} = await readCandles(path, {clock: LATE_CLOCK});
          fc.pre(timeframe.ms === FIVE_MINUTES.ms);
          expect(history).toEqual(sequenced);
        }),
        {numRuns: 40},
      );
    },
  );
});

describe('sequenceCandles', () => {
  it('steps by one timeframe except behind a flagged gap, and keeps every candle of the source', () => {
    fc.assert(
      fc.property(source, fc.integer({min: 0, max: 8}), (candles, maxFilledGap) => {
        const sequenced = [...sequenceCandles(candles, {timeframe: FIVE_MINUTES, maxFilledGap})];
        for (let i = 1; i < sequenced.length; i++) {
          const steps = (sequenced[i]!.openTimeMs - sequenced[i - 1]!.openTimeMs) / FIVE_MINUTES.ms;
          if (sequenced[i]!.afterGap === true) expect(steps).toBeGreaterThan(maxFilledGap + 1);
          else expect(steps).toBe(1);
        }
        const kept = sequenced.filter(({filled}) => filled !== true).map(({openTimeMs}) => openTimeMs);
        expect(kept).toEqual(candles.map(({openTimeMs}) => openTimeMs));
      }),
    );
  });

  it('gives the same for a source with repeated rows', () => {
    fc.assert(
      fc.property(source, fc.infiniteStream(fc.boolean()), (candles, repeat) => {
        const repeated = candles.flatMap((candle) =>
          repeat.next().value === true ? [candle, candle] : [candle],
        );
        expect([...sequenceCandles(repeated, {timeframe: FIVE_MINUTES})]).toEqual([
          ...sequenceCandles(candles, {timeframe: FIVE_MINUTES}),
        ]);
      }),
    );
  });
});
