import {describe, expect, it} from 'vitest';
import {parseFills, parseOrder, parseTaken} from '../../../src/exchange/ccxt-order.js';
import type {CcxtOrder} from '../../../src/exchange/ccxt-order.js';
import {SYMBOL, d, terms} from '../../support/trading.js';

const PAIR = {base: 'BTC', quote: 'USDT'};
const ANSWER = {
  ...{
    id: '7',
    clientOrderId: 'dlt-1',
    symbol: SYMBOL,
    side: 'buy',
    amount: '1',
    filled: '0.3',
    status: 'open',
  },
  timestamp: 1_704_067_200_000,
};
const ORDER: CcxtOrder = {
  ...{venueOrderId: '7', side: 'buy', quantityBase: d(1), filledBase: d('0.3'), status: 'open'},
  takenMs: 1_704_067_200_000,
};
const TRADE = {
  ...{id: '9', order: '7', symbol: SYMBOL, side: 'buy', amount: '0.3', price: '100', timestamp: 5},
  ...{fee: {cost: '0.03', currency: 'USDT'}, fees: []},
};

describe('parseOrder', () => {
  it('reads an order, from digits or from doubles', () => {
    expect(parseOrder(ANSWER, terms(), 'dlt-1')).toEqual(ORDER);
    expect(parseOrder({...ANSWER, amount: 1, filled: 0.3, timestamp: null}, terms(), 'dlt-1')).toEqual({
      ...ORDER,
      takenMs: undefined,
    });
  });

  it.each([
    ['canceling', '0.3', 'open'],
    ['closed', '1', 'filled'],
    ['open', '1', 'filled'],
    ['canceled', '0.3', 'canceled'],
    ['expired', '0', 'expired'],
    ['rejected', '0', 'rejected'],
  ])('takes %s with %s filled for %s', (status, filled, standing) => {
    expect(parseOrder({...ANSWER, status, filled}, terms(), 'dlt-1')).toMatchObject({status: standing});
  });

  it.each([
    ['nothing', null],
    ['a list', []],
    ['no id', {...ANSWER, id: undefined}],
    ['another id of ours', {...ANSWER, clientOrderId: 'dlt-2'}],
    ['another symbol', {...ANSWER, symbol: 'ETH/USDT'}],
    ['another side', {...ANSWER, side: 'sell'}],
    ['another quantity', {...ANSWER, amount: '1.0000001'}],
    ['more filled than ordered', {...ANSWER, filled: '1.1'}],
    ['a filled that is none', {...ANSWER, filled: 'NaN'}],
    ['less than nothing filled', {...ANSWER, filled: '-0.1'}],
    ['an end without its fills', {...ANSWER, status: 'closed'}],
    ['a rejection of what filled', {...ANSWER, status: 'rejected'}],
    ['no status', {...ANSWER, status: undefined}],
  ])('says what is wrong with %s', (_, answer) => {
    expect(parseOrder(answer, terms(), 'dlt-1')).toEqual(expect.stringMatching(/\S/));
  });
});

describe('parseTaken', () => {
  it('wants the id of the exchange, and nothing that contradicts the order', () => {
    expect(parseTaken({id: '7'}, terms(), 'dlt-1')).toEqual({venueOrderId: '7'});
    expect(parseTaken(ANSWER, terms(), 'dlt-1')).toEqual({venueOrderId: '7'});
    for (const answer of [undefined, {}, {id: ''}, {...ANSWER, side: 'sell'}, {...ANSWER, amount: '2'}]) {
      expect(parseTaken(answer, terms(), 'dlt-1')).toEqual(expect.stringMatching(/\S/));
    }
  });
});

describe('parseFills', () => {
  it('reads the trades of the order alone, in time order, each once', () => {
    const earlier = {...TRADE, id: '8', timestamp: 4};
    const foreign = {...TRADE, id: '6', order: '5', side: 'sell'};
    const fills = parseFills([TRADE, foreign, earlier, TRADE], ORDER, terms(), PAIR);
    expect(fills).toMatchObject([
      {fillId: '8', timeMs: 4},
      {fillId: '9', fee: d('0.03'), feeCurrency: 'quote'},
    ]);
  });

  it.each([
    [[], {cost: '0.001', currency: 'BTC'}, {fee: d('0.001'), feeCurrency: 'base'}],
    [[], null, {fee: d(0), feeCurrency: 'quote'}],
    [[], {cost: '-0.01', currency: 'USDT'}, {fee: d('-0.01')}],
    [
      [
        {cost: '0.001', currency: 'BNB'},
        {cost: '0.02', currency: 'USDT'},
        {cost: '0', currency: 'XYZ'},
      ],
      null,
      {fee: d('0.02'), feeCurrency: 'quote', feesElsewhere: [{amount: d('0.001'), currency: 'BNB'}]},
    ],
  ])('books the fees %j and %j', (fees, fee, booked) => {
    expect(parseFills([{...TRADE, fee, fees}], ORDER, terms(), PAIR)).toMatchObject([booked]);
  });

  it.each([
    ['no list', {}],
    ['a price of 0', [{...TRADE, price: '0'}]],
    ['no time', [{...TRADE, timestamp: undefined}]],
    ['another symbol', [{...TRADE, symbol: 'ETH/USDT'}]],
    ['another side', [{...TRADE, side: 'sell'}]],
    ['more than was ordered', [TRADE, {...TRADE, id: '10', amount: '0.8'}]],
    ['a fee that is no number', [{...TRADE, fees: [{cost: 'much', currency: 'BNB'}]}]],
  ])('says what is wrong with %s', (_, trades) => {
    expect(parseFills(trades, ORDER, terms(), PAIR)).toEqual(expect.stringMatching(/\S/));
  });
});
