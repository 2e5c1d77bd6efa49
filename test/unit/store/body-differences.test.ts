import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {bodyDifferences} from '../../../src/store/body-differences.js';

describe('bodyDifferences', () => {
  it('names every place where two values differ, and what each says there', () => {
    const was = {a: 1, b: {c: [1, {d: 'x'}], e: null}, gone: true};
    const now = {a: 1, b: {c: [1, {d: 'y'}, 3], e: {}}, come: false};
    expect(bodyDifferences(was, now)).toEqual([
      {path: 'b.c[1].d', was: 'x', now: 'y'},
      {path: 'b.c[2]', was: undefined, now: 3},
      {path: 'b.e', was: null, now: {}},
      {path: 'gone', was: true, now: undefined},
      {path: 'come', was: undefined, now: false},
    ]);
    expect(bodyDifferences([1], {0: 1})).toHaveLength(1);
  });

  it('finds nothing between equals, and something between any others', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        expect(bodyDifferences(one, JSON.parse(JSON.stringify(one)))).toEqual([]);
        const equal = JSON.stringify(one) === JSON.stringify(other);
        if (bodyDifferences(one, other).length === 0) expect(one).toEqual(other);
        else expect(equal).toBe(false);
      }),
    );
  });
});
