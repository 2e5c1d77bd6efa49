import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import type {OrderReport, OrderStatus} from '../../../src/domain/order.js';
import {OrderTransitionError, advance, createdOrder, isFinal} from '../../../src/execution/order-state.js';
import type {OrderState} from '../../../src/execution/order-state.js';
import {d, report, terms} from '../../support/trading.js';

const part = {filledBase: d('0.4')};
const all = {filledBase: d(1)};
const seen = {venueOrderId: 'v1'};

/** An order of 1 after some reports. */
function after(...reports: readonly OrderReport[]): OrderState {
  return reports.reduce((state, each) => advance(state, each).state, createdOrder(terms()));
}

describe('advance', () => {
  it.each<[string, OrderReport[], OrderStatus, string]>([
    ['filled at once', [report('filled', all)], 'filled', '1'],
    ['open, then filled', [report('open'), report('filled', all)], 'filled', '1'],
    [
      'filled in parts',
      [report('open'), report('partially-filled', part), report('filled', all)],
      'filled',
      '1',
    ],
    [
      'canceled with a part filled',
      [report('partially-filled', part), report('canceled', part)],
      'canceled',
      '0.4',
    ],
    ['rejected', [report('rejected')], 'rejected', '0'],
    ['taken, then rejected', [report('open'), report('rejected')], 'rejected', '0'],
    ['unknown, then found open', [report('unknown'), report('open')], 'open', '0'],
    ['unknown, then found filled', [report('unknown'), report('filled', all)], 'filled', '1'],
    ['unknown, then absent', [report('unknown'), report('expired')], 'expired', '0'],
    ['lost sight of', [report('open'), report('unknown')], 'open', '0'],
  ])('follows an order: %s', (_name, reports, status, filled) => {
    const state = after(...reports);
    expect(state.status).toBe(status);
    expect(state.filledBase.toFixed()).toBe(filled);
  });

  it('keeps the most that was ever filled, whatever a late report says', () => {
    const {state, news} = advance(after(report('partially-filled', part)), report('open'));
    expect(news).toBe('late');
    expect(state.status).toBe('partially-filled');
    expect(advance(state, report('canceled')).state).toMatchObject({
      status: 'canceled',
      filledBase: d('0.4'),
    });
  });

  it('takes the same report again for nothing', () => {
    for (const each of [
      report('open', seen),
      report('partially-filled', part),
      report('filled', all),
      report('expired'),
    ]) {
      const state = after(each);
      expect(advance(state, each)).toEqual({state, news: 'duplicate'});
    }
  });

  it('takes a report that comes after the end for nothing', () => {
    const state = after(report('filled', all));
    expect(advance(state, report('partially-filled', part))).toEqual({state, news: 'late'});
  });

  it('learns the id and the reason from the venue and keeps them', () => {
    const state = after(report('open', seen), report('expired', {reason: 'no liquidity'}));
    expect(state).toMatchObject({venueOrderId: 'v1', reason: 'no liquidity'});
    expect(advance(after(report('open')), report('open', seen)).news).toBe('advanced');
  });

  it('believes a fill over an end that it took for certain', () => {
    const canceled = after(report('open', seen), report('canceled'));
    expect(advance(canceled, report('filled', all))).toMatchObject({
      news: 'corrected',
      state: {status: 'filled'},
    });
  });

  it('brings back an order that was given up as absent and turns up', () => {
    const absent = after(report('unknown'), report('expired'));
    for (const status of ['open', 'partially-filled', 'filled', 'canceled', 'rejected'] as const) {
      const filled = status === 'filled' ? all : {};
      expect(advance(absent, report(status, filled))).toMatchObject({news: 'corrected', state: {status}});
    }
  });

  it.each<[string, OrderReport[], OrderReport]>([
    ['another order', [], report('open', {clientOrderId: 'dlt-2'})],
    ['more filled than ordered', [], report('partially-filled', {filledBase: d('1.1')})],
    ['less than nothing filled', [], report('open', {filledBase: d(-1)})],
    ['filled by no number', [], report('open', {filledBase: d(NaN)})],
    ['filled, but not all of it', [], report('filled', part)],
    ['rejected with something filled', [], report('rejected', part)],
    ['rejected after something was filled', [report('partially-filled', part)], report('rejected')],
    ['canceled after it was filled', [report('filled', all)], report('canceled', all)],
    ['expired after it was canceled', [report('open', seen), report('canceled')], report('expired')],
    ['filled after it was rejected', [report('rejected', seen)], report('filled', all)],
    ['filling on after its end', [report('open', seen), report('expired')], report('partially-filled', part)],
  ])('refuses as impossible: %s', (_name, before, impossible) => {
    const state = after(...before);
    expect(() => advance(state, impossible)).toThrow(OrderTransitionError);
    expect(() => advance(state, impossible)).toThrow(/cannot become/);
  });

  it('never unfills, and never leaves an end but for a correction, whatever is reported', () => {
    const statuses = [
      ...([
        'created',
        'open',
        'partially-filled',
        'filled',
        'canceled',
        'rejected',
        'expired',
        'unknown',
      ] as const),
    ];
    const anyReport = fc
      .tuple(fc.constantFrom(...statuses), fc.constantFrom(0, 0.4, 1), fc.boolean())
      .map(([status, filled, known]) => report(status, {filledBase: d(filled), ...(known ? seen : {})}));
    fc.assert(
      fc.property(fc.array(anyReport, {maxLength: 12}), (reports) => {
        let state = createdOrder(terms());
        for (const each of reports) {
          const before = state;
          try {
            const step = advance(state, each);
            state = step.state;
            expect(state.filledBase.gte(before.filledBase)).toBe(true);
            if (isFinal(before.status) && step.news !== 'corrected') expect(state).toBe(before);
          } catch (error) {
            expect(error).toBeInstanceOf(OrderTransitionError);
          }
        }
      }),
    );
  });
});
