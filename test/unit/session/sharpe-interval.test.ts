import {describe, expect, it} from 'vitest';
import {SeededRandom} from '../../../src/domain/seeded-random.js';
import {sharpeInterval} from '../../../src/session/sharpe-interval.js';

const DAY_MS = 86_400_000;
const OPTIONS = {timeframeMs: DAY_MS, seed: 1, horizon: 1, trades: []};

function normalReturns(count: number, seed: string, mean = 0.001): Float64Array {
  const random = new SeededRandom(seed);
  return Float64Array.from({length: count}, () => mean + 0.01 * random.normal());
}

describe('sharpeInterval', () => {
  it('is about as wide as theory has it for independent returns', () => {
    const {low, high, blockCandles} = sharpeInterval(normalReturns(2000, 'wide'), OPTIONS)!;
    // Lo, The Statistics of Sharpe Ratios (2002): a standard error of sqrt((1 + S^2 / 2) / N) a day.
    const theory = 2 * 1.96 * Math.sqrt(365 / 2000);
    expect((high - low) / theory).toBeGreaterThan(0.85);
    expect((high - low) / theory).toBeLessThan(1.15);
    expect(blockCandles).toBe(13);
  });

  it('holds the true ratio about as often as it says', () => {
    let inside = 0;
    const truth = 0.1 * Math.sqrt(365);
    for (let run = 0; run < 100; run++) {
      const {low, high} = sharpeInterval(normalReturns(500, `run ${String(run)}`), OPTIONS)!;
      if (low <= truth && truth <= high) inside += 1;
    }
    expect(inside).toBeGreaterThanOrEqual(87);
  });

  it('is wider where returns come in runs, which single draws would tear apart', () => {
    const alone = normalReturns(2000, 'runs', 0);
    const inRuns = alone.map((_, i) => alone[i - (i % 10)]!);
    const trades = [{holdingMs: 20 * DAY_MS}];
    const width = (returns: Float64Array): number => {
      const {low, high} = sharpeInterval(returns, {...OPTIONS, trades})!;
      return high - low;
    };
    expect(sharpeInterval(alone, {...OPTIONS, trades})!.blockCandles).toBe(40);
    expect(width(inRuns) / width(alone)).toBeGreaterThan(2);
  });

  it('is the same for the same seed, another for another, and none for a few returns', () => {
    const returns = normalReturns(100, 'seeds');
    expect(sharpeInterval(returns, OPTIONS)).toEqual(sharpeInterval(returns, OPTIONS));
    expect(sharpeInterval(returns, {...OPTIONS, seed: 2})).not.toEqual(sharpeInterval(returns, OPTIONS));
    expect(sharpeInterval(returns.subarray(0, 39), OPTIONS)).toBeNull();
    expect(sharpeInterval(returns, {...OPTIONS, trades: [{holdingMs: 1e15}]})!.blockCandles).toBe(5);
  });

  it('counts a resample in which nothing moved as 0', () => {
    const once = new Float64Array(400);
    once[7] = 0.01;
    const {low, high} = sharpeInterval(once, OPTIONS)!;
    expect(low).toBe(0);
    expect(high).toBeGreaterThan(0);
  });
});
