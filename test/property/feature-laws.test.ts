import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import type {Candle} from '../../src/domain/candle.js';
import {computeFeatures, type FeatureTable} from '../../src/features/compute-features.js';
import {FeatureStream} from '../../src/features/feature-stream.js';
import {FEATURE_COUNT, FEATURE_NAMES, FEATURE_TABLE, WARM_UP_CANDLES} from '../../src/features/schema.js';
import {candlesOf, type MarketPlan} from '../support/markets.js';

const RUNS = 40;

function marketPlans(flatLength = 120): fc.Arbitrary<MarketPlan> {
  const stretch = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('walk' as const),
        length: fc.integer({min: 1, max: 200}),
        volatility: fc.constantFrom(1e-6, 0.001, 0.01, 0.2),
      }),
    },
    fc.record({
      kind: fc.constantFrom('flat' as const, 'standing' as const, 'silent' as const),
      length: fc.integer({min: 1, max: flatLength}),
    }),
    fc.record({
      kind: fc.constant('jump' as const),
      length: fc.integer({min: 1, max: 60}),
      factor: fc.constantFrom(1000, 0.001, 3),
    }),
    fc.record({kind: fc.constant('filled' as const), length: fc.integer({min: 1, max: 3})}),
    fc.record({kind: fc.constant('gap' as const), length: fc.integer({min: 1, max: 90})}),
  );
  return fc.record({
    seed: fc.integer({min: 0, max: 1e9}),
    startPrice: fc.constantFrom(1e-8, 0.37, 100, 65_432.1, 1e8),
    startMs: fc.integer({min: 0, max: 40_000}).map((hours) => Date.UTC(2021, 0, 1) + 3_600_000 * hours),
    stepMs: fc.constantFrom(60_000, 3_600_000, 86_400_000),
    // A walk that fills the warm-up, then whatever may come.
    stretches: fc
      .tuple(fc.integer({min: 480, max: 620}), fc.array(stretch, {minLength: 1, maxLength: 7}))
      .map(([length, rest]) => [
        {kind: 'walk' as const, length, volatility: 0.003},
        ...rest,
        {kind: 'walk' as const, length: 130},
      ]),
  });
}

function sameBits(a: Float64Array, b: Float64Array): boolean {
  return Buffer.from(a.buffer, a.byteOffset, a.byteLength).equals(
    Buffer.from(b.buffer, b.byteOffset, b.byteLength),
  );
}

/** The rows whose candles opened no later than that. */
function rowsUpTo(table: FeatureTable, openTimeMs: number): Float64Array {
  const rows = table.openTimesMs.filter((time) => time <= openTimeMs).length;
  return table.values.slice(0, rows * FEATURE_COUNT);
}

describe('the laws of the features', () => {
  it('causality: no row changes when what comes after it is cut off or is another market', () => {
    fc.assert(
      fc.property(
        marketPlans(),
        marketPlans(),
        fc.double({min: 0, max: 1, noNaN: true}),
        (plan, other, where) => {
          const candles = candlesOf(plan);
          const at = Math.floor(WARM_UP_CANDLES + where * (candles.length - 1 - WARM_UP_CANDLES));
          const last = candles[at]!;
          const expected = rowsUpTo(computeFeatures(candles), last.openTimeMs);

          expect(sameBits(computeFeatures(candles.slice(0, at + 1)).values, expected)).toBe(true);

          const step = candles[1]!.openTimeMs - candles[0]!.openTimeMs;
          const future: Candle[] = candlesOf(other).slice(0, 100);
          const changed = [
            ...candles.slice(0, at + 1),
            ...future.map((candle, i) => ({...candle, openTimeMs: last.openTimeMs + (i + 1) * step})),
          ];
          expect(sameBits(rowsUpTo(computeFeatures(changed), last.openTimeMs), expected)).toBe(true);
        },
      ),
      {numRuns: RUNS},
    );
  });

  it('stream = batch: one candle at a time gives the bits of the whole history', () => {
    fc.assert(
      fc.property(marketPlans(), (plan) => {
        const candles = candlesOf(plan);
        const table = computeFeatures(candles);
        const stream = new FeatureStream();
        let n = 0;
        for (const candle of candles) {
          const row = stream.push(candle);
          if (row === undefined) continue;
          expect(row.openTimeMs).toBe(table.openTimesMs[n]);
          expect(sameBits(row.values, table.values.slice(n * FEATURE_COUNT, (n + 1) * FEATURE_COUNT))).toBe(
            true,
          );
          expect(row.filled).toBe(table.filled[n] === 1);
          expect(row.segmentStart).toBe(table.segmentStart[n] === 1);
          n += 1;
        }
        expect(n).toBe(table.openTimesMs.length);
      }),
      {numRuns: RUNS},
    );
  });

  it('snapshot: a stream restored at any candle goes on to the bit', () => {
    fc.assert(
      fc.property(marketPlans(), fc.double({min: 0, max: 1, noNaN: true}), (plan, where) => {
        const candles = candlesOf(plan);
        const at = Math.floor(where * candles.length);
        const uninterrupted = new FeatureStream();
        for (const candle of candles.slice(0, at)) uninterrupted.push(candle);
        const restored = FeatureStream.restore(JSON.parse(JSON.stringify(uninterrupted.snapshot())));

        for (const candle of candles.slice(at)) {
          const expected = uninterrupted.push(candle);
          const actual = restored.push(candle);
          expect(actual === undefined).toBe(expected === undefined);
          if (expected === undefined) continue;
          expect(sameBits(actual!.values, expected.values)).toBe(true);
          expect({...actual, values: 0}).toEqual({...expected, values: 0});
        }
        expect(restored.snapshot()).toEqual(uninterrupted.snapshot());
      }),
      {numRuns: RUNS},
    );
  });

  it('history independence: windows give the same bits and averages the same to 1e-9 wherever history begins', () => {
    fc.assert(
      fc.property(marketPlans(60), fc.integer({min: 1, max: 100}), (plan, later) => {
        const candles = candlesOf({...plan, stretches: [...plan.stretches, {kind: 'walk', length: 150}]});
        const whole = computeFeatures(candles);
        const short = computeFeatures(candles.slice(later));
        const rowAt = new Map([...whole.openTimesMs].map((time, row) => [time, row]));
        const scale = FEATURE_NAMES.map((_, column) => {
          let sum = 0;
          for (let i = column; i < whole.values.length; i += FEATURE_COUNT) sum += whole.values[i]! ** 2;
          return Math.sqrt(sum / whole.openTimesMs.length);
        });
        expect(short.openTimesMs.length).toBeGreaterThan(0);
        short.openTimesMs.forEach((time, row) => {
          const theirs = rowAt.get(time)! * FEATURE_COUNT;
          FEATURE_TABLE.forEach(({name, lookBack}, column) => {
            const [a, b] = [whole.values[theirs + column]!, short.values[row * FEATURE_COUNT + column]!];
            const allowed = lookBack === 'recursive' ? 1e-9 * scale[column]! : 0;
            if (!(Math.abs(a - b) <= allowed)) {
              expect.fail(
                `${name} at ${time}: ${a} on the whole history, ${b} on the shorter one, allowed ${allowed}`,
              );
            }
          });
        });
      }),
      {numRuns: RUNS},
    );
  });

  it('every emitted value is finite, every row belongs to a candle that is warm and clear of gaps', () => {
    fc.assert(
      fc.property(marketPlans(), (plan) => {
        const candles = candlesOf(plan);
        const {openTimesMs, values, segmentStart} = computeFeatures(candles);
        expect(values.every(Number.isFinite)).toBe(true);

        let sinceGap = Infinity;
        const expected = candles.flatMap((candle, index) => {
          sinceGap = candle.afterGap === true && index > 0 ? 0 : sinceGap + 1;
          return index >= 600 && sinceGap >= 50
            ? [{time: candle.openTimeMs, start: index === 600 || sinceGap === 50}]
            : [];
        });
        expect([...openTimesMs]).toEqual(expected.map(({time}) => time));
        expect([...segmentStart]).toEqual(expected.map(({start}) => (start ? 1 : 0)));
      }),
      {numRuns: RUNS},
    );
  });
});
