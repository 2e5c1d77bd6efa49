import {describe, expect, it} from 'vitest';
import type {OrderReport} from '../../../src/domain/order.js';
import type {Broker} from '../../../src/execution/broker.js';
import {advance, createdOrder} from '../../../src/execution/order-state.js';
import type {OrderState} from '../../../src/execution/order-state.js';
import {reconcile} from '../../../src/execution/reconcile.js';
import {d, report, terms} from '../../support/trading.js';

/** A venue that answers queries from a table and takes no order. */
function venue(answers: Record<string, OrderReport | Error>): {broker: Broker; asked: string[]} {
  const asked: string[] = [];
  const refuse = (): Promise<never> => Promise.reject(new Error('nothing may be sent'));
  return {
    asked,
    broker: {
      name: 'table',
      submit: refuse,
      cancel: refuse,
      settle: refuse,
      query: (id) => {
        asked.push(id);
        const answer = answers[id];
        return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
      },
    },
  };
}

function order(id: string, ...reports: OrderReport[]): OrderState {
  const state = createdOrder(terms({clientOrderId: id}));
  return reports.reduce((known, each) => advance(known, {...each, clientOrderId: id}).state, state);
}

describe('reconcile', () => {
  it('asks about what is not final, once each, and sends nothing', async () => {
    const {broker, asked} = venue({});
    const filled = order('dlt-3', report('filled', {filledBase: d(1)}));
    await reconcile([order('dlt-1'), order('dlt-2', report('unknown')), filled], broker);
    expect(asked).toEqual(['dlt-1', 'dlt-2']);
  });

  it('hands on what the venue says', async () => {
    const found = report('filled', {filledBase: d(1)});
    const {broker} = venue({'dlt-1': found});
    expect(await reconcile([order('dlt-1', report('unknown'))], broker)).toEqual({
      reports: [found],
      unresolved: [],
    });
  });

  it('ends an order that the venue never heard of', async () => {
    const {reports, unresolved} = await reconcile([order('dlt-1', report('unknown'))], venue({}).broker);
    expect(reports).toMatchObject([{clientOrderId: 'dlt-1', status: 'expired', filledBase: d(0)}]);
    expect(reports[0]?.reason).toMatch(/absent at the venue/);
    expect(unresolved).toEqual([]);
  });

  it('leaves unresolved what the venue filled and no longer knows', async () => {
    const part = order('dlt-1', report('partially-filled', {filledBase: d('0.4')}));
    const {reports, unresolved} = await reconcile([part], venue({}).broker);
    expect(reports).toEqual([]);
    expect(unresolved).toEqual([
      {clientOrderId: 'dlt-1', reason: 'the venue does not know an order that it filled'},
    ]);
  });

  it('leaves unresolved what could not be asked, and asks the others', async () => {
    const {broker} = venue({
      'dlt-1': new Error('timeout'),
      'dlt-2': report('open', {clientOrderId: 'dlt-2'}),
    });
    const {reports, unresolved} = await reconcile([order('dlt-1'), order('dlt-2')], broker);
    expect(unresolved).toEqual([{clientOrderId: 'dlt-1', reason: 'timeout'}]);
    expect(reports.map(({clientOrderId}) => clientOrderId)).toEqual(['dlt-2']);
  });

  it('leaves unresolved what stays unknown', async () => {
    const {unresolved} = await reconcile([order('dlt-1')], venue({'dlt-1': report('unknown')}).broker);
    expect(unresolved).toMatchObject([{clientOrderId: 'dlt-1'}]);
  });
});
