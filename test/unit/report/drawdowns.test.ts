import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {drawdownsOf} from '../../../src/report/drawdowns.js';

const DAY = 86_400_000;
const days = (count: number): number[] => Array.from({length: count}, (_, i) => i * DAY);

describe('drawdownsOf', () => {
  it('agrees with a curve worked by hand', () => {
    const {curve, deepest, longestMs} = drawdownsOf([100, 110, 99, 105, 110, 120, 90, 130], days(8));
    expect([...curve].map((one) => Number(one.toFixed(12)))).toEqual([
      0, 0, 0.1, 0.045454545455, 0, 0, 0.25, 0,
    ]);
    // 120 on day 5, 90 on day 6, back on day 7; the longest is from day 1 to day 4.
    expect(deepest).toEqual({peakMs: 5 * DAY, troughMs: 6 * DAY, recoveredMs: 7 * DAY, lengthMs: 2 * DAY});
    expect(longestMs).toBe(3 * DAY);
  });

  it('counts one that has not ended up to the end', () => {
    const {deepest, longestMs} = drawdownsOf([100, 90, 80, 85], days(4));
    expect(deepest).toEqual({peakMs: 0, troughMs: 2 * DAY, recoveredMs: null, lengthMs: 3 * DAY});
    expect(longestMs).toBe(3 * DAY);
  });

  it('begins at the last time at the peak, and finds none where nothing fell', () => {
    expect(drawdownsOf([100, 100, 99, 100], days(4)).deepest).toMatchObject({peakMs: DAY, lengthMs: 2 * DAY});
    expect(drawdownsOf([100, 100, 101], days(3))).toMatchObject({deepest: null, longestMs: 0});
    expect(drawdownsOf([], [])).toMatchObject({deepest: null, longestMs: 0});
  });

  it('is what looking at every pair of points finds', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({min: 1, max: 50}), {minLength: 1, maxLength: 30}), (equity) => {
        const {curve, deepest, longestMs} = drawdownsOf(equity, days(equity.length));
        const depths = equity.map((value, i) => 1 - value / Math.max(...equity.slice(0, i + 1)));
        expect([...curve]).toEqual(depths);
        const depth = Math.max(...depths);
        expect(deepest === null ? 0 : depths[deepest.troughMs / DAY]).toBe(depth);
        // The longest run of points below the peak, with the peak before it and what ends it.
        let [longest, since] = [0, 0];
        for (const [i, below] of depths.entries()) {
          if (below > 0 || since < i - 1) longest = Math.max(longest, i - since);
          if (below === 0) since = i;
        }
        expect(longestMs / DAY).toBe(longest);
      }),
    );
  });
});
