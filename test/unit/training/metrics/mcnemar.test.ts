import {describe, expect, it} from 'vitest';
import {mcnemar} from '../../../../src/training/metrics/mcnemar.js';

/** @param firstOnly samples that only the first got right */
function pair(firstOnly: number, secondOnly: number, both = 5): [Uint8Array, Uint8Array] {
  const first = [
    ...Array<number>(firstOnly).fill(1),
    ...Array<number>(secondOnly).fill(0),
    ...Array<number>(both).fill(1),
  ];
  const second = [
    ...Array<number>(firstOnly).fill(0),
    ...Array<number>(secondOnly).fill(1),
    ...Array<number>(both).fill(1),
  ];
  return [Uint8Array.from(first), Uint8Array.from(second)];
}

describe('mcnemar', () => {
  it('is the exact two-sided binomial test on the samples that differ', () => {
    // 2 x P(X <= 2), X ~ Bin(12, 1/2): 2 x (1 + 12 + 66) / 4096.
    expect(mcnemar(...pair(10, 2))).toMatchObject({
      firstOnly: 10,
      secondOnly: 2,
      verdict: 'significantly better',
    });
    expect(mcnemar(...pair(10, 2)).pValue).toBeCloseTo((2 * 79) / 4096, 15);
    expect(mcnemar(...pair(2, 10)).verdict).toBe('significantly worse');
  });

  it('finds no difference where there is none, or too few', () => {
    expect(mcnemar(...pair(0, 0))).toMatchObject({pValue: 1, verdict: 'not significantly different'});
    expect(mcnemar(...pair(7, 7)).pValue).toBe(1);
    expect(mcnemar(...pair(4, 0)).verdict).toBe('not significantly different');
  });

  it('holds for thousands of differences', () => {
    // scipy: binomtest(2400, 5000).pvalue
    expect(mcnemar(...pair(2400, 2600)).pValue).toBeCloseTo(0.004883649737517494, 12);
  });

  it('refuses samples that are not the same', () => {
    expect(() => mcnemar(new Uint8Array(1), new Uint8Array(2))).toThrow(RangeError);
  });
});
