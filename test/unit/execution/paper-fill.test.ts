import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {fillFee, fillPrice, takeable} from '../../../src/execution/paper-fill.js';
import type {PaperCosts} from '../../../src/execution/paper-fill.js';
import {RULES, d} from '../../support/trading.js';

const costs: PaperCosts = {feeBps: 10, slippageBps: 2, feeIn: 'quote', maxParticipation: 0.1};

describe('fillPrice', () => {
  it('moves the open against us and on to the worse tick', () => {
    expect(fillPrice(100.03, 'buy', costs, RULES).toFixed()).toBe('100.06');
    expect(fillPrice(100.03, 'sell', costs, RULES).toFixed()).toBe('100');
  });

  it('is the open where nothing slips', () => {
    expect(fillPrice(100.03, 'buy', {...costs, slippageBps: 0}, RULES).toFixed()).toBe('100.03');
    expect(fillPrice(100.03, 'sell', {...costs, slippageBps: 0}, RULES).toFixed()).toBe('100.03');
  });

  it('is never below one tick', () => {
    expect(fillPrice(0.001, 'sell', costs, RULES).toFixed()).toBe('0.01');
  });

  it('is never better than the open, and always on the tick', () => {
    fc.assert(
      fc.property(
        fc.double({min: 0.02, max: 1e6, noNaN: true}),
        fc.integer({min: 0, max: 100}),
        (open, slippageBps) => {
          const buy = fillPrice(open, 'buy', {...costs, slippageBps}, RULES);
          const sell = fillPrice(open, 'sell', {...costs, slippageBps}, RULES);
          expect(buy.gte(open) && sell.lte(open)).toBe(true);
          expect(buy.modulo('0.01').isZero() && sell.modulo('0.01').isZero()).toBe(true);
        },
      ),
    );
  });
});

describe('fillFee', () => {
  it('takes the fee in quote', () => {
    expect(fillFee('buy', d(2), d(100), costs)).toEqual({fee: d('0.2'), feeCurrency: 'quote'});
  });

  it('takes the fee from what is received', () => {
    const received = {...costs, feeIn: 'received'} as const;
    expect(fillFee('buy', d(2), d(100), received)).toEqual({fee: d('0.002'), feeCurrency: 'base'});
    expect(fillFee('sell', d(2), d(100), received)).toEqual({fee: d('0.2'), feeCurrency: 'quote'});
  });
});

describe('takeable', () => {
  it('is a share of the volume in whole lots, less what was taken', () => {
    expect(takeable(5.0077, d(0), costs, RULES).toFixed()).toBe('0.5');
    expect(takeable(5, d('0.3'), costs, RULES).toFixed()).toBe('0.2');
  });

  it('is nothing where nothing is left or nothing was traded', () => {
    expect(takeable(5, d(1), costs, RULES).toFixed()).toBe('0');
    expect(takeable(0, d(0), costs, RULES).toFixed()).toBe('0');
    expect(takeable(NaN, d(0), costs, RULES).toFixed()).toBe('0');
  });
});
