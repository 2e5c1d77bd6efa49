import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {Closable, openingSize} from '../../../src/decision/sizing.js';
import {RULES, account, d, position} from '../../support/trading.js';

const limits = {maxNotionalQuote: d(1000), costFactor: d('1.0062')};

describe('openingSize', () => {
  const at = (
    price: number,
    changes: Parameters<typeof account>[0] = {},
    held?: ReturnType<typeof position>,
  ): string => openingSize(limits, account(changes), RULES, {price: d(price), held}).quantity.toFixed();

  it('takes the most that the notional allows, rounded down to the lot', () => {
    expect(at(100)).toBe('10');
    expect(at(3)).toBe('333.333');
    expect(at(30_001)).toBe('0.033');
  });

  it('takes what cash allows, with room for the costs', () => {
    expect(at(100, {availableQuote: d('100.62')})).toBe('1');
    expect(at(100, {availableQuote: d('100.61')})).toBe('0.999');
  });

  it('counts dust against the notional', () => {
    expect(at(100, {}, position({quantityBase: d('0.0004')}))).toBe('9.999');
  });

  it('takes nothing where not one lot fits', () => {
    expect(at(2_000_000)).toBe('0');
    expect(at(100, {availableQuote: d(0)})).toBe('0');
    expect(at(100, {availableQuote: d(-5)})).toBe('0');
    expect(at(100, {availableQuote: d(NaN)})).toBe('0');
    expect(at(100, {}, position({quantityBase: d(11)}))).toBe('0');
  });

  it('never exceeds the notional, and one lot more always would', () => {
    fc.assert(
      fc.property(fc.integer({min: 1, max: 10_000_000}), (cents) => {
        const price = d(cents).dividedBy(100);
        const {quantity} = openingSize(limits, account(), RULES, {price, held: undefined});
        expect(quantity.times(price).lte(1000)).toBe(true);
        expect(quantity.plus(RULES.lotSizeBase).times(price).gt(1000)).toBe(true);
      }),
    );
  });
});

describe('Closable', () => {
  const of = (quantity: string, close = 100): string | undefined =>
    new Closable(RULES).quantity(position({quantityBase: d(quantity)}), close)?.toFixed();

  it('takes whole lots', () => {
    expect(of('0.9995')).toBe('0.999');
  });

  it('leaves dust that the venue would not take', () => {
    expect(of('0.0009')).toBeUndefined();
    expect(of('0.049')).toBeUndefined();
    expect(of('0.05')).toBe('0.05');
    expect(of('0.05', 99.9)).toBeUndefined();
    expect(of('1', NaN)).toBeUndefined();
  });

  it('keeps to the minimum quantity', () => {
    const closable = new Closable({...RULES, minQuantityBase: d(2)});
    expect(closable.quantity(position({quantityBase: d('1.999')}), 100)).toBeUndefined();
    expect(closable.quantity(position({quantityBase: d(2)}), 100)?.toFixed()).toBe('2');
  });

  it('follows price and quantity from candle to candle', () => {
    const closable = new Closable(RULES);
    const first = position({quantityBase: d('0.05')});
    const answers = [
      closable.quantity(first, 100),
      closable.quantity(first, 99),
      closable.quantity(first, 101),
      closable.quantity(position({quantityBase: d('0.02')}), 101),
    ];
    expect(answers.map((quantity) => quantity?.toFixed())).toEqual(['0.05', undefined, '0.05', undefined]);
  });

  it('agrees with the exact product, whatever the numbers', () => {
    fc.assert(
      fc.property(fc.integer({min: 1, max: 3000}), fc.integer({min: 1, max: 1_000_000}), (lots, cents) => {
        const quantityBase = RULES.lotSizeBase.times(lots);
        const close = cents / 100;
        const taken = new Closable(RULES).quantity(position({quantityBase}), close);
        expect(taken !== undefined).toBe(quantityBase.times(close).gte(RULES.minNotionalQuote));
      }),
    );
  });
});
