import {describe, expect, it} from 'vitest';
import {OrderTracker} from '../../../src/execution/order-tracker.js';
import type {OrderRecord} from '../../../src/execution/order-tracker.js';
import {d, report, terms} from '../../support/trading.js';

const second = terms({clientOrderId: 'dlt-2'});

describe('OrderTracker', () => {
  it('lists what is not final, oldest first', () => {
    const tracker = new OrderTracker();
    tracker.created(terms());
    tracker.created(second);
    tracker.report(report('open'));
    expect(tracker.pending.map(({order, status}) => [order.clientOrderId, status])).toEqual([
      ['dlt-1', 'open'],
      ['dlt-2', 'created'],
    ]);
    tracker.report(report('filled', {filledBase: d(1)}));
    expect(tracker.pending.map(({order}) => order.clientOrderId)).toEqual(['dlt-2']);
    expect(tracker.get('dlt-1')?.status).toBe('filled');
  });

  it('creates an order once', () => {
    const tracker = new OrderTracker();
    tracker.created(terms());
    tracker.report(report('open'));
    expect(tracker.created(terms()).status).toBe('open');
    expect(tracker.pending.length).toBe(1);
  });

  it('refuses news of an order that is not ours', () => {
    expect(() => new OrderTracker().report(report('open'))).toThrow(/none of ours/);
  });

  it('lists an order again that was given up and turned up', () => {
    const tracker = new OrderTracker();
    tracker.created(terms());
    tracker.report(report('expired'));
    expect(tracker.pending).toEqual([]);
    expect(tracker.report(report('open', {venueOrderId: 'v'})).news).toBe('corrected');
    expect(tracker.pending.length).toBe(1);
  });

  it('is restored from any prefix of its records to what it was then', () => {
    const records: OrderRecord[] = [
      {kind: 'created', order: terms()},
      {kind: 'report', report: report('open')},
      {kind: 'created', order: second},
      {kind: 'report', report: report('filled', {filledBase: d(1)})},
      {kind: 'report', report: report('unknown', {clientOrderId: 'dlt-2'})},
    ];
    const pending = records.map((_record, index) =>
      OrderTracker.restore(records.slice(0, index + 1)).pending.map(
        ({order, status}) => `${order.clientOrderId} ${status}`,
      ),
    );
    expect(pending).toEqual([
      ['dlt-1 created'],
      ['dlt-1 open'],
      ['dlt-1 open', 'dlt-2 created'],
      ['dlt-2 created'],
      ['dlt-2 unknown'],
    ]);
  });
});
