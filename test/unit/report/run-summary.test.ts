import {describe, expect, it} from 'vitest';
import {summariseRun} from '../../../src/report/run-summary.js';
import {canonicalJson} from '../../../src/store/journal-entry.js';
import type {EntryKind, StoredEntry} from '../../../src/store/journal-entry.js';

let seq = 0;
function entry(kind: EntryKind, body: unknown, candleMs: number | null = null): StoredEntry {
  seq += 1;
  return {seq, kind, candleMs, body: canonicalJson(body), recordedAtMs: 0};
}

const filled = {side: 'buy', quantityBase: '0.25'};

function step(ms: number, equity: string, changes: Record<string, unknown> = {}): StoredEntry {
  return entry(
    'step',
    {
      ...{forecast: {probability: 0.5}, signal: 'neutral', verdict: {kind: 'nothing-to-do'}},
      account: {equity, base: '0'},
      ...changes,
    },
    ms,
  );
}

describe('summariseRun', () => {
  it('counts a journal, worked out by hand', () => {
    const summary = summariseRun([
      entry('session', {}),
      entry('candle', {}, 1),
      step(2, '10000', {forecast: {probability: 0.7}, signal: 'buy', verdict: {kind: 'approved'}}),
      entry('order', {}),
      entry('report', {status: 'open'}),
      entry('report', {status: 'rejected', reason: 'insufficient balance'}),
      entry('report', {status: 'expired'}),
      entry('fill', {...filled, price: '100', fee: '0.25', feeCurrency: 'quote'}),
      entry('fill', {...filled, price: '100', fee: '0.001', feeCurrency: 'base'}),
      step(3, '10100', {signal: 'buy', verdict: {kind: 'refused', reasons: ['COOLDOWN', 'HALTED']}}),
      step(4, '9595', {
        forecast: {probability: 0.3},
        signal: 'sell',
        verdict: {kind: 'refused', reasons: ['HALTED']},
      }),
      step(5, '9600', {forecast: null, account: {equity: '9600', base: '0.5'}}),
      entry('end', {}),
    ]);
    expect(summary).toEqual({
      ...{candles: 5, warmUpCandles: 1, decisions: 4, firstDecisionMs: 2, lastDecisionMs: 5},
      signals: {buy: 2, sell: 1, neutral: 1},
      probability: {lowest: 0.3, highest: 0.7},
      ...{orders: 1, fills: 2, refusals: {HALTED: 2, COOLDOWN: 1}},
      unfilledOrders: {'insufficient balance': 1, expired: 1},
      ...{feesPaidQuote: '0.35', startEquityQuote: '10000', endEquityQuote: '9600'},
      maxDrawdown: 1 - 9595 / 10100,
      openBase: '0.5',
    });
    expect(Object.keys(summary.refusals)).toEqual(['HALTED', 'COOLDOWN']);
  });

  it('counts a fill behind the last decision as held', () => {
    const buy = {side: 'buy', quantityBase: '0.5', price: '100', fee: '0.001', feeCurrency: 'base'};
    const sell = {side: 'sell', quantityBase: '0.2', price: '100', fee: '0.1', feeCurrency: 'quote'};
    expect(summariseRun([step(2, '10000'), entry('fill', buy)]).openBase).toBe('0.499');
    expect(summariseRun([step(2, '10000'), entry('fill', buy), entry('fill', sell)]).openBase).toBe('0.299');
    expect(summariseRun([entry('fill', buy), step(3, '10000')]).openBase).toBe('0');
  });

  it('stays sane over nothing', () => {
    expect(summariseRun([])).toMatchObject({
      ...{candles: 0, decisions: 0, probability: {lowest: null, highest: null}, maxDrawdown: 0},
      ...{startEquityQuote: null, endEquityQuote: null, feesPaidQuote: '0', openBase: '0'},
    });
  });
});
