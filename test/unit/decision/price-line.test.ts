import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {PriceLine} from '../../../src/decision/price-line.js';
import {d} from '../../support/trading.js';

describe('PriceLine', () => {
  it('decides a tie of doubles by the exact price', () => {
    const justAbove = new PriceLine(d('0.1000000000000000000001'));
    expect(justAbove.atOrBelow(0.1)).toBe(false);
    expect(justAbove.atOrAbove(0.1)).toBe(true);
    const exactly = new PriceLine(d('0.1'));
    expect(exactly.atOrBelow(0.1) && exactly.atOrAbove(0.1)).toBe(true);
  });

  it('says no to what is no number', () => {
    for (const line of [new PriceLine(d(1)), new PriceLine(d(NaN))]) {
      expect(line.atOrBelow(NaN)).toBe(false);
      expect(line.atOrAbove(NaN)).toBe(false);
    }
    expect(new PriceLine(d(NaN)).atOrBelow(1)).toBe(false);
  });

  it('compares as decimals do', () => {
    const close = fc.double({min: 1e-9, max: 1e9, noNaN: true});
    const nudge = fc.constantFrom('0', '1e-30', '-1e-30', '0.01', '-0.01');
    fc.assert(
      fc.property(close, close, nudge, fc.boolean(), (price, other, by, near) => {
        const exact = d(near ? price : other).plus(by);
        const line = new PriceLine(exact);
        expect(line.atOrBelow(price)).toBe(exact.lte(price));
        expect(line.atOrAbove(price)).toBe(exact.gte(price));
      }),
    );
  });
});
