import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {WindowRing} from '../../../src/model/window-ring.js';

function push(ring: WindowRing, value: number): void {
  ring.push((buffer, at) => buffer.fill(value, at, at + ring.size));
}

describe('WindowRing', () => {
  it('has no window until T rows are there', () => {
    const ring = new WindowRing(3, 2);
    push(ring, 1);
    push(ring, 2);
    expect(ring.window()).toBeUndefined();
    push(ring, 3);
    expect(ring.isFull).toBe(true);
    expect([...ring.window()!]).toEqual([1, 1, 2, 2, 3, 3]);
  });

  it('hands back what the writer returns', () => {
    expect(new WindowRing(3, 2).push((_, at) => at)).toBe(0);
  });

  it('always has the last T rows since the last reset, oldest first', () => {
    const steps = fc.integer({min: 1, max: 6});
    const resets = fc.array(fc.integer({min: 0, max: 9}), {maxLength: 200});
    fc.assert(
      fc.property(steps, resets, (length, chances) => {
        const ring = new WindowRing(length, 2);
        let rows: number[] = [];
        for (const [i, chance] of chances.entries()) {
          if (chance === 0) {
            ring.reset();
            rows = [];
          }
          push(ring, i);
          rows.push(i);
          const expected =
            rows.length < length ? undefined : rows.slice(-length).flatMap((row) => [row, row]);
          expect(ring.window() === undefined ? undefined : [...ring.window()!]).toEqual(expected);
        }
      }),
    );
  });
});
