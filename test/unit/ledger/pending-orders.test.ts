import {describe, expect, it} from 'vitest';
import {PendingOrders} from '../../../src/ledger/pending-orders.js';
import {d, fill, report, terms} from '../../support/trading.js';

function pendingBase(orders: PendingOrders): string[] {
  return orders.views.map(({quantityBase}) => quantityBase.toFixed());
}

function submitted(): PendingOrders {
  const orders = new PendingOrders();
  orders.submitted(terms());
  return orders;
}

describe('PendingOrders', () => {
  it('lists what is still to be filled, and reserves cash for buys', () => {
    const orders = submitted();
    orders.submitted(terms({clientOrderId: 'dlt-2', side: 'sell', reduceOnly: true}));
    orders.fill(fill({quantityBase: d('0.4')}));
    expect(orders.views).toMatchObject([
      {clientOrderId: 'dlt-1', side: 'buy', reduceOnly: false, quantityBase: d('0.6')},
      {clientOrderId: 'dlt-2', side: 'sell', reduceOnly: true, quantityBase: d(1)},
    ]);
    expect(orders.reservedQuote.toFixed()).toBe('60');
  });

  it('forgets an order that was filled, whichever of fill and report comes first', () => {
    const fillFirst = submitted();
    fillFirst.fill(fill());
    expect(fillFirst.views).toEqual([]);
    fillFirst.report(report('filled', {filledBase: d(1)}));
    expect(fillFirst.views).toEqual([]);

    const reportFirst = submitted();
    reportFirst.report(report('filled', {filledBase: d(1)}));
    expect(pendingBase(reportFirst)).toEqual(['1']);
    reportFirst.fill(fill());
    expect(reportFirst.views).toEqual([]);
  });

  it('waits for the fills that a canceled order still owes', () => {
    const orders = submitted();
    orders.report(report('canceled', {filledBase: d('0.4')}));
    expect(pendingBase(orders)).toEqual(['0.4']);
    orders.fill(fill({quantityBase: d('0.4')}));
    expect(orders.views).toEqual([]);
    expect(orders.reservedQuote.toFixed()).toBe('0');
  });

  it('forgets a rejected order at once', () => {
    const orders = submitted();
    orders.report(report('rejected'));
    expect(orders.views).toEqual([]);
  });

  it('keeps an order whose fate is unknown', () => {
    const orders = submitted();
    orders.report(report('unknown'));
    expect(pendingBase(orders)).toEqual(['1']);
  });

  it('does not bring back an order that has ended', () => {
    const orders = submitted();
    orders.report(report('canceled', {venueOrderId: 'v'}));
    orders.submitted(terms());
    orders.report(report('open', {venueOrderId: 'v'}));
    expect(orders.views).toEqual([]);
  });

  it('brings back an order that was given up as absent and turns up', () => {
    const orders = submitted();
    orders.report(report('expired'));
    expect(orders.views).toEqual([]);
    orders.report(report('open', {venueOrderId: 'v'}));
    expect(pendingBase(orders)).toEqual(['1']);
  });

  it('leaves alone what is none of ours', () => {
    const orders = submitted();
    orders.fill(fill({clientOrderId: 'other'}));
    orders.report(report('filled', {clientOrderId: 'other', filledBase: d(1)}));
    expect(pendingBase(orders)).toEqual(['1']);
  });
});
