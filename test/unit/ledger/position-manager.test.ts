import {describe, expect, it} from 'vitest';
import type {Fill} from '../../../src/domain/order.js';
import {PositionManager} from '../../../src/ledger/position-manager.js';
import {START_MS, SYMBOL, d, fill, openTime, report, terms} from '../../support/trading.js';

const DAY_MS = 86_400_000;

function ledger(): PositionManager {
  const manager = new PositionManager({symbol: SYMBOL});
  manager.mark(100, START_MS);
  return manager;
}

/** Equity, peak, day's start, day's peak. */
function equities(manager: PositionManager): string {
  const view = manager.view();
  return [view.equityQuote, view.peakEquityQuote, view.dayStartEquityQuote, view.dayPeakEquityQuote]
    .map((value) => value.toFixed())
    .join(' ');
}

describe('PositionManager', () => {
  it('starts with 10,000 and nothing held', () => {
    expect(JSON.parse(JSON.stringify(ledger().view()))).toEqual({
      timeMs: START_MS,
      markPrice: '100',
      cashQuote: '10000',
      availableQuote: '10000',
      equityQuote: '10000',
      peakEquityQuote: '10000',
      dayStartEquityQuote: '10000',
      dayPeakEquityQuote: '10000',
      positions: [],
      pendingOrders: [],
      realisedPnlQuote: '0',
      feesPaidQuote: '0',
    });
  });

  it('tells what a fill changed', () => {
    const manager = ledger();
    manager.apply(fill({quantityBase: d(2), fee: d('0.2')}));
    const change = manager.apply(fill({fillId: 'out', side: 'sell', price: d(110), fee: d('0.11')}));
    expect(JSON.parse(JSON.stringify(change))).toEqual({
      fillId: 'out',
      beforeBase: '2',
      afterBase: '1',
      realisedPnlQuote: '10',
      feeQuote: '0.11',
      cashQuote: '9909.69',
    });
    expect(manager.apply(fill({side: 'sell'}))?.closedTrade).toMatchObject({
      side: 'long',
      quantityBase: d(2),
    });
    expect(manager.trades.length).toBe(1);
  });

  it('shows the position at the mark', () => {
    const manager = ledger();
    manager.apply(fill({quantityBase: d(3), price: d(100), timeMs: openTime(2)}));
    manager.mark(90.5, openTime(3));
    expect(JSON.parse(JSON.stringify(manager.view().positions))).toEqual([
      {
        symbol: SYMBOL,
        side: 'long',
        quantityBase: '3',
        averageEntryPrice: '100',
        unrealisedPnlQuote: '-28.5',
        openedAtMs: openTime(2),
      },
    ]);
    expect(manager.view().positions[0]?.symbol).toBe(SYMBOL);
  });

  it('shows a short with amounts above zero', () => {
    const manager = ledger();
    manager.apply(fill({side: 'sell', quantityBase: d(2)}));
    manager.mark(90, openTime(1));
    expect(manager.view().positions[0]).toMatchObject({
      side: 'short',
      quantityBase: d(2),
      averageEntryPrice: d(100),
      unrealisedPnlQuote: d(20),
    });
    expect(manager.view().equityQuote.toFixed()).toBe('10020');
  });

  it('takes a base fee out of what is held, and values it at the fill', () => {
    const manager = ledger();
    const change = manager.apply(fill({fee: d('0.001'), feeCurrency: 'base'}));
    expect(change).toMatchObject({feeQuote: d('0.1'), afterBase: d('0.999')});
    manager.mark(100, openTime(1));
    expect(manager.view()).toMatchObject({
      cashQuote: d(9900),
      equityQuote: d('9999.9'),
      feesPaidQuote: d('0.1'),
    });
    expect(manager.view().positions[0]?.averageEntryPrice.toFixed()).toBe('100');
  });

  it('counts a rebate as a fee below zero', () => {
    const manager = ledger();
    manager.apply(fill({fee: d('-0.5')}));
    expect(manager.view()).toMatchObject({cashQuote: d('9900.5'), feesPaidQuote: d('-0.5')});
  });

  it('applies a fill once', () => {
    const manager = ledger();
    const once = fill();
    expect(manager.apply(once)).toBeDefined();
    expect(manager.apply(once)).toBeUndefined();
    expect(manager.view().cashQuote.toFixed()).toBe('9900');
  });

  it('keeps the best mark of a long, although nobody looked at it', () => {
    const manager = ledger();
    manager.apply(fill());
    for (const [index, price] of [120, 150, 80].entries()) manager.mark(price, openTime(1 + index));
    expect(equities(manager)).toBe('9980 10050 10000 10050');
  });

  it('keeps the best mark of a short, which is the lowest price', () => {
    const manager = ledger();
    manager.apply(fill({side: 'sell'}));
    for (const [index, price] of [110, 60, 90].entries()) manager.mark(price, openTime(1 + index));
    expect(equities(manager)).toBe('10010 10040 10000 10040');
  });

  it('values a mark with what was held at it, not with what is held later', () => {
    const manager = ledger();
    manager.apply(fill());
    manager.mark(150, openTime(1));
    manager.apply(fill({quantityBase: d(9), price: d(100)}));
    manager.mark(100, openTime(2));
    expect(equities(manager)).toBe('10000 10050 10000 10050');
  });

  it('starts the UTC day at its first mark and forgets the peak of the day before', () => {
    const manager = ledger();
    manager.apply(fill());
    manager.mark(150, START_MS + DAY_MS - 1);
    manager.mark(120, START_MS + DAY_MS);
    expect(equities(manager)).toBe('10020 10050 10020 10020');
    manager.mark(130, START_MS + DAY_MS + 1);
    manager.apply(fill({side: 'sell', price: d(130)}));
    manager.mark(500, START_MS + DAY_MS + 2);
    expect(equities(manager)).toBe('10030 10050 10020 10030');
    manager.mark(500, START_MS + 3 * DAY_MS);
    expect(equities(manager)).toBe('10030 10050 10030 10030');
  });

  it('does not count the moment of a fill as a mark', () => {
    const manager = ledger();
    manager.apply(fill({price: d(50)}));
    expect(manager.view().peakEquityQuote.toFixed()).toBe('10000');
    manager.mark(100, openTime(1));
    expect(manager.view().peakEquityQuote.toFixed()).toBe('10050');
  });

  it('gives views that later events do not change', () => {
    const manager = ledger();
    manager.apply(fill());
    const view = manager.view();
    const before = JSON.stringify(view);
    manager.orderSubmitted(terms());
    manager.mark(200, openTime(1));
    manager.apply(fill());
    expect(JSON.stringify(view)).toBe(before);
  });

  it('reserves cash for a pending buy until it ends', () => {
    const manager = ledger();
    manager.orderSubmitted(terms());
    expect(manager.view()).toMatchObject({
      availableQuote: d(9900),
      pendingOrders: [{clientOrderId: 'dlt-1'}],
    });
    manager.orderReport(report('rejected'));
    expect(manager.view()).toMatchObject({availableQuote: d(10_000), pendingOrders: []});
  });

  it.each<[string, Partial<Fill>]>([
    ['another symbol', {symbol: 'ETH/USDT'}],
    ['no quantity', {quantityBase: d(0)}],
    ['a quantity that is no number', {quantityBase: d(NaN)}],
    ['an infinite quantity', {quantityBase: d(Infinity)}],
    ['a price below zero', {price: d(-1)}],
    ['a price that is no number', {price: d(NaN)}],
    ['a fee that is no number', {fee: d(NaN)}],
  ])('refuses a fill of %s and stays as it was', (_name, changes) => {
    const manager = ledger();
    expect(() => manager.apply(fill({fillId: 'bad', ...changes}))).toThrow(/fill "bad" was/);
    expect(manager.view().cashQuote.toFixed()).toBe('10000');
    expect(manager.apply(fill({fillId: 'bad'}))).toBeDefined();
  });

  it.each([
    [NaN, START_MS],
    [0, START_MS],
    [Infinity, START_MS],
    [100, NaN],
    [100, START_MS - 1],
  ])('refuses a mark of %f at %f', (price, timeMs) => {
    const manager = ledger();
    expect(() => {
      manager.mark(price, timeMs);
    }).toThrow(/mark of BTC\/USDT was/);
  });

  it('has no view before its first mark', () => {
    expect(() => new PositionManager({symbol: SYMBOL}).view()).toThrow(/before its first mark/);
  });

  it('folds fills alone', () => {
    const manager = PositionManager.fromFills({symbol: SYMBOL, startingCashQuote: d(500)}, [
      fill(),
      fill({side: 'sell', price: d(110)}),
    ]);
    manager.mark(1, START_MS);
    expect(manager.view()).toMatchObject({cashQuote: d(510), realisedPnlQuote: d(10)});
  });

  it('folds every kind of event', () => {
    const manager = PositionManager.fold({symbol: SYMBOL}, [
      {kind: 'mark', price: 100, timeMs: START_MS},
      {kind: 'order-submitted', order: terms()},
      {kind: 'fill', fill: fill({quantityBase: d('0.5')})},
      {kind: 'order-report', report: report('canceled', {filledBase: d('0.5')})},
    ]);
    expect(manager.view()).toMatchObject({cashQuote: d(9950), pendingOrders: []});
  });
});
