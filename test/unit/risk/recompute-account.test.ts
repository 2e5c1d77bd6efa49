import {describe, expect, it} from 'vitest';
import type {Decimal} from '../../../src/domain/decimal.js';
import {FillAudit} from '../../../src/risk/recompute-account.js';
import type {RecomputedAccount} from '../../../src/risk/recompute-account.js';
import {SYMBOL, START_MS, TIMEFRAME_MS, d, fill, openTime} from '../../support/trading.js';

const LOT = d('0.001');
const DAY_MS = 86_400_000;

function audit(): FillAudit {
  return new FillAudit(SYMBOL, d(10_000));
}

function text(account: RecomputedAccount): Record<string, string> {
  return Object.fromEntries(
    Object.entries(account).map(([name, value]: [string, Decimal]) => [name, value.toFixed()]),
  );
}

describe('FillAudit', () => {
  it('recomputes exposure, cash and equity from fills and the last mark', () => {
    const fills = audit();
    fills.apply(fill({quantityBase: d(2), price: d(100), fee: d('0.2')}), LOT);
    fills.mark(110, openTime(1));
    fills.apply(fill({side: 'sell', price: d(110), fee: d('0.001'), feeCurrency: 'base'}), LOT);
    fills.mark(120, openTime(2));
    expect(text(fills.account())).toEqual({
      exposureBase: '0.999',
      cashQuote: '9909.8',
      equityQuote: '10029.68',
      peakEquityQuote: '10029.68',
      dayStartEquityQuote: '10019.8',
      dayPeakEquityQuote: '10029.68',
    });
  });

  it('keeps the peak of marks between two fills, for a long and for a short', () => {
    const fills = audit();
    fills.apply(fill(), LOT);
    for (const [index, price] of [100, 130, 90].entries()) fills.mark(price, openTime(index));
    fills.apply(fill({side: 'sell', quantityBase: d(2), price: d(90)}), LOT);
    expect(fills.account().peakEquityQuote.toFixed()).toBe('10030');
    for (const [index, price] of [90, 40, 95].entries()) fills.mark(price, openTime(3 + index));
    expect(fills.account().peakEquityQuote.toFixed()).toBe('10040');
  });

  it('starts a day at its first mark', () => {
    const fills = audit();
    fills.apply(fill(), LOT);
    fills.mark(150, START_MS + TIMEFRAME_MS);
    fills.mark(120, START_MS + DAY_MS);
    fills.mark(110, START_MS + DAY_MS + TIMEFRAME_MS);
    expect(text(fills.account())).toMatchObject({
      peakEquityQuote: '10050',
      dayStartEquityQuote: '10020',
      dayPeakEquityQuote: '10020',
    });
  });

  it('counts a fill once and another symbol not at all', () => {
    const fills = audit();
    const once = fill();
    fills.apply(once, LOT);
    fills.apply(once, LOT);
    fills.apply(fill({symbol: 'ETH/USDT'}), LOT);
    expect(fills.account().exposureBase.toFixed()).toBe('1');
  });

  it('counts losses in a row, fees included, until a gain', () => {
    const fills = audit();
    const trip = (exit: number, fee = 0): number => {
      fills.apply(fill({fee: d(fee)}), LOT);
      fills.apply(fill({side: 'sell', price: d(exit), fee: d(fee), timeMs: openTime(exit)}), LOT);
      return fills.streak.consecutiveLosses;
    };
    expect(trip(99)).toBe(1);
    expect(trip(101, 1)).toBe(2);
    expect(fills.streak.lastLossMs).toBe(openTime(101));
    expect(trip(102)).toBe(0);
    expect(fills.streak).toMatchObject({lastLossMs: openTime(101), lastCloseMs: openTime(102)});
    expect(trip(100)).toBe(0);
  });

  it('ends a round trip that leaves less than a lot', () => {
    const fills = audit();
    fills.apply(fill({fee: d('0.0005'), feeCurrency: 'base'}), LOT);
    fills.apply(fill({side: 'sell', quantityBase: d('0.999'), price: d(90)}), LOT);
    expect(fills.streak.consecutiveLosses).toBe(1);
  });

  it('ends a round trip that turns over', () => {
    const fills = audit();
    fills.apply(fill(), LOT);
    fills.apply(fill({side: 'sell', quantityBase: d(2), price: d(90)}), LOT);
    expect(fills.streak.consecutiveLosses).toBe(1);
    fills.apply(fill({price: d(95)}), LOT);
    expect(fills.streak.consecutiveLosses).toBe(2);
  });

  it('does not end a round trip that is reduced in part', () => {
    const fills = audit();
    fills.apply(fill(), LOT);
    fills.apply(fill({side: 'sell', quantityBase: d('0.5'), price: d(90)}), LOT);
    expect(fills.streak.lastCloseMs).toBeUndefined();
  });
});
