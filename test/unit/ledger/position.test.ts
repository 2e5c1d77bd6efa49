import {describe, expect, it} from 'vitest';
import type {Decimal} from '../../../src/domain/decimal.js';
import {FLAT, move} from '../../../src/ledger/position.js';
import type {Moved, Position} from '../../../src/ledger/position.js';
import {SYMBOL, d} from '../../support/trading.js';

interface Step {
  readonly base: string;
  readonly price: number;
  readonly fee?: number;
  readonly timeMs?: number;
}

/** The last of some movements. */
function after(steps: readonly Step[], lot: Decimal = d('0.001')): Moved {
  let moved: Moved = {position: FLAT, realisedPnlQuote: d(0)};
  for (const {base, price, fee = 0, timeMs = 0} of steps) {
    const movement = {baseChange: d(base), price: d(price), feeQuote: d(fee), timeMs};
    moved = move(moved.position, movement, SYMBOL, lot);
  }
  return moved;
}

function numbers(moved: Moved): string {
  const {base, costQuote}: Position = moved.position;
  return `${base.toFixed()} cost ${costQuote.toFixed()} realised ${moved.realisedPnlQuote.toFixed()}`;
}

describe('move', () => {
  it.each<[string, Step[], string]>([
    ['opens a long', [{base: '2', price: 100}], '2 cost 200 realised 0'],
    ['opens a short', [{base: '-2', price: 100}], '-2 cost -200 realised 0'],
    [
      'adds to a long',
      [
        {base: '1', price: 100},
        {base: '3', price: 120},
      ],
      '4 cost 460 realised 0',
    ],
    [
      'reduces a long at a gain',
      [
        {base: '4', price: 100},
        {base: '-1', price: 130},
      ],
      '3 cost 300 realised 30',
    ],
    [
      'reduces a short at a gain',
      [
        {base: '-4', price: 100},
        {base: '1', price: 70},
      ],
      '-3 cost -300 realised 30',
    ],
    [
      'closes a short at a loss',
      [
        {base: '-1', price: 100},
        {base: '1', price: 130},
      ],
      '0 cost 0 realised -30',
    ],
    [
      'turns a long over',
      [
        {base: '1', price: 100},
        {base: '-3', price: 90},
      ],
      '-2 cost -180 realised -10',
    ],
    [
      'turns a short over',
      [
        {base: '-1', price: 100},
        {base: '3', price: 90},
      ],
      '2 cost 180 realised 10',
    ],
  ])('%s', (_name, steps, expected) => {
    expect(numbers(after(steps))).toBe(expected);
  });

  it('leaves no rounding behind when thirds are closed one by one', () => {
    const third = {base: '-1', price: 10};
    const {position, closedTrade} = after([{base: '3', price: 3.33}, third, third, third]);
    expect(position).toEqual(FLAT);
    expect(closedTrade?.grossPnlQuote.toFixed()).toBe('20.01');
  });

  it('tells a round trip with its averages, fees and time', () => {
    const {closedTrade} = after([
      {base: '1', price: 100, fee: 0.1, timeMs: 1000},
      {base: '1', price: 110, fee: 0.11, timeMs: 2000},
      {base: '-0.5', price: 120, fee: 0.06, timeMs: 3000},
      {base: '-1.5', price: 124, fee: 0.2, timeMs: 5000},
    ]);
    expect(JSON.parse(JSON.stringify(closedTrade))).toEqual({
      symbol: SYMBOL,
      side: 'long',
      openedAtMs: 1000,
      closedAtMs: 5000,
      holdingMs: 4000,
      quantityBase: '2',
      averageEntryPrice: '105',
      averageExitPrice: '123',
      grossPnlQuote: '36',
      feesQuote: '0.47',
      pnlQuote: '35.53',
    });
  });

  it('shares a fee between the trade that a fill ends and the one that it starts', () => {
    const turned = after([
      {base: '1', price: 100},
      {base: '-4', price: 100, fee: 0.4, timeMs: 9},
    ]);
    expect(turned.closedTrade?.feesQuote.toFixed()).toBe('0.1');
    expect(turned.position.trade.feesQuote.toFixed()).toBe('0.3');
    expect(turned.position.openedAtMs).toBe(9);
  });

  it('ends a round trip that leaves dust, and starts the next one on top of it', () => {
    const dusty = after([
      {base: '1.0004', price: 100, timeMs: 1},
      {base: '-1', price: 110, timeMs: 2},
    ]);
    expect(numbers(dusty)).toBe('0.0004 cost 0.04 realised 10');
    expect(dusty.closedTrade?.quantityBase.toFixed()).toBe('1');
    const again = move(
      dusty.position,
      {baseChange: d(1), price: d(100), feeQuote: d(0), timeMs: 7},
      SYMBOL,
      d('0.001'),
    );
    expect(again.position.openedAtMs).toBe(7);
    expect(again.position.costQuote.toFixed()).toBe('100.04');
  });

  it('makes no round trip of dust that is eaten away', () => {
    const eaten = after([
      {base: '0.0004', price: 100},
      {base: '-0.0004', price: 100},
    ]);
    expect(eaten.closedTrade).toBeUndefined();
    expect(eaten.position).toEqual(FLAT);
  });

  it('ends a round trip at exactly nothing where no lot is known', () => {
    const left = after(
      [
        {base: '1', price: 100},
        {base: '-0.9999', price: 100},
      ],
      d(0),
    );
    expect(left.closedTrade).toBeUndefined();
  });
});
