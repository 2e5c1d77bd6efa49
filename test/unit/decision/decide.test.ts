import {describe, expect, it} from 'vitest';
import {createDecision, flatten} from '../../../src/decision/decide.js';
import type {DecisionConfig} from '../../../src/decision/decision-config.js';
import type {AccountView} from '../../../src/domain/account-view.js';
import type {Intent} from '../../../src/domain/order.js';
import {RULES, SYMBOL, account, candleAt, d, forecastAt, openTime, position} from '../../support/trading.js';

const config: DecisionConfig = {strategyId: 'lstm', rules: RULES, threshold: 0.6, maxNotionalQuote: d(1000)};
const long = account({positions: [position()]});
const short = account({positions: [position({side: 'short'})]});
const dust = account({positions: [position({quantityBase: d('0.0004')})]});
const pending = {
  clientOrderId: 'x',
  symbol: SYMBOL,
  side: 'buy',
  reduceOnly: false,
  quantityBase: d(1),
} as const;

function decideAt(
  probability: number,
  view: AccountView = account(),
  changes: Partial<DecisionConfig> = {},
  price = 100,
): Intent {
  return createDecision({...config, ...changes})(forecastAt(0, probability), view, candleAt(0, price));
}

describe('createDecision', () => {
  it('opens a long on a buy, sized by the notional', () => {
    expect(decideAt(0.7)).toEqual({
      kind: 'order',
      decisionId: `lstm:${SYMBOL}:${openTime(0)}:open-buy`,
      symbol: SYMBOL,
      side: 'buy',
      reduceOnly: false,
      quantityBase: d(10),
      referencePrice: d(100),
      notionalQuote: d(1000),
      confidence: 0.7,
      reason: 'signal',
      openTimeMs: openTime(0),
    });
  });

  it('closes a long on a sell, with what the venue takes', () => {
    const held = account({positions: [position({quantityBase: d('0.9995')})]});
    const intent = decideAt(0.3, held);
    expect(intent).toMatchObject({side: 'sell', reduceOnly: true, reason: 'signal', confidence: 0.7});
    expect(intent).toMatchObject({
      decisionId: `lstm:${SYMBOL}:${openTime(0)}:close-sell`,
      quantityBase: d('0.999'),
    });
  });

  it.each<[string, number, AccountView, Partial<DecisionConfig>, string]>([
    ['between the thresholds', 0.55, account(), {}, 'neutral'],
    ['on the threshold', 0.6, account(), {}, 'neutral'],
    ['without a number', NaN, account(), {}, 'neutral'],
    ['on a buy while long: no pyramid', 0.9, long, {}, 'already-long'],
    ['on a sell while short', 0.1, short, {allowShorts: true}, 'already-short'],
    ['on a sell with nothing held, on spot', 0.1, account(), {}, 'shorts-disabled'],
    ['on a sell with nothing but dust', 0.1, dust, {}, 'nothing-to-close'],
    ['while an order is on its way', 0.9, account({pendingOrders: [pending]}), {}, 'order-pending'],
    ['on a sell while an order is on its way', 0.1, {...long, pendingOrders: [pending]}, {}, 'order-pending'],
    ['where cash buys less than the venue takes', 0.9, account({availableQuote: d(4.9)}), {}, 'no-cash'],
    ['where cash buys no lot', 0.9, account({availableQuote: d('0.05')}), {}, 'no-cash'],
  ])('holds %s', (_name, probability, view, changes, reason) => {
    expect(decideAt(probability, view, changes)).toEqual({kind: 'hold', reason});
  });

  it('opens and closes shorts where they are enabled', () => {
    expect(decideAt(0.1, account(), {allowShorts: true})).toMatchObject({side: 'sell', reduceOnly: false});
    expect(decideAt(0.9, short, {allowShorts: true})).toMatchObject({side: 'buy', reduceOnly: true});
  });

  it('closes a long before it opens a short', () => {
    expect(decideAt(0.1, long, {allowShorts: true})).toMatchObject({side: 'sell', reduceOnly: true});
  });

  it('buys again on top of dust', () => {
    expect(decideAt(0.9, dust)).toMatchObject({side: 'buy', reduceOnly: false, quantityBase: d('9.999')});
  });

  it('is not kept from deciding by an order of another symbol', () => {
    const view = account({pendingOrders: [{...pending, symbol: 'ETH/USDT'}]});
    expect(decideAt(0.9, view).kind).toBe('order');
  });

  it('lets an exit rule close against a neutral or even a favourable forecast', () => {
    const changes = {exits: {stopLoss: 0.05}};
    for (const probability of [0.5, 0.9, NaN]) {
      expect(decideAt(probability, long, changes, 90)).toMatchObject({
        decisionId: `lstm:${SYMBOL}:${openTime(0)}:stop-loss`,
        side: 'sell',
        reduceOnly: true,
        reason: 'stop-loss',
        confidence: 1,
      });
    }
  });

  it('watches the exits while the model warms up', () => {
    const decide = createDecision({...config, exits: {takeProfit: 0.05}});
    expect(decide(undefined, long, candleAt(0, 106))).toMatchObject({reason: 'take-profit'});
    expect(decide(undefined, account(), candleAt(0, 106))).toEqual({kind: 'hold', reason: 'neutral'});
  });

  it('holds an exit back while an order is on its way', () => {
    const view = {...long, pendingOrders: [{...pending, side: 'sell' as const, reduceOnly: true}]};
    expect(decideAt(0.5, view, {exits: {stopLoss: 0.05}}, 90)).toEqual({
      kind: 'hold',
      reason: 'order-pending',
    });
  });

  it('remembers the best close of candles that an earlier life decided on', () => {
    const decide = createDecision({...config, exits: {trailingStop: 0.1}});
    decide.observe(long, candleAt(0, 120));
    expect(decide(forecastAt(1, 0.5), long, candleAt(1, 107))).toMatchObject({reason: 'trailing-stop'});
  });

  it('covers a short when a rule asks', () => {
    const changes = {allowShorts: true, exits: {stopLoss: 0.05}};
    expect(decideAt(0.5, short, changes, 106)).toMatchObject({
      side: 'buy',
      reduceOnly: true,
      reason: 'stop-loss',
    });
  });

  it('asks for what the configuration allows, even where the venue will not take so little', () => {
    const changes = {maxNotionalQuote: d(3)};
    expect(decideAt(0.9, account(), changes)).toMatchObject({kind: 'order', quantityBase: d('0.03')});
    expect(decideAt(0.9, account({availableQuote: d(0)}), changes)).toEqual({
      kind: 'hold',
      reason: 'no-cash',
    });
  });

  it('lets the audit refuse, with its numbers, what the lots leave below the minimum of a limit that cash covers', () => {
    // At 1,800 a lot is worth 1.8: two of them are 3.6, three more than the limit.
    const changes = {maxNotionalQuote: d(5)};
    expect(decideAt(0.9, account(), changes, 1800)).toMatchObject({kind: 'order', quantityBase: d('0.002')});
    expect(decideAt(0.9, account({availableQuote: d('4.9')}), changes, 1800)).toEqual({
      kind: 'hold',
      reason: 'no-cash',
    });
  });

  it('lets the audit refuse what is left of the limit beside dust, where cash covers more', () => {
    // 0.05 at 97 are worth 4.85: the limit of 6 leaves 1.15, and the cash 5.74.
    const positions = [position({quantityBase: d('0.05')})];
    const view = account({positions, availableQuote: d('5.78')});
    expect(decideAt(0.9, view, {maxNotionalQuote: d(6)}, 97)).toMatchObject({
      kind: 'order',
      quantityBase: d('0.011'),
    });
  });

  it('waits for an order that closes, where what is held has become worth too little meanwhile', () => {
    const shrunk = account({positions: [position({quantityBase: d('0.051')})], pendingOrders: [pending]});
    const changes = {exits: {stopLoss: 0.05}};
    expect(decideAt(0.5, shrunk, changes, 90)).toEqual({kind: 'hold', reason: 'order-pending'});
  });

  it('says so where a rule asks for a way out of what has become worth too little to sell', () => {
    const shrunk = account({positions: [position({quantityBase: d('0.051')})]});
    const changes = {exits: {stopLoss: 0.05}};
    expect(decideAt(0.5, shrunk, changes, 90)).toEqual({kind: 'hold', reason: 'nothing-to-close'});
    expect(decideAt(0.5, shrunk, changes, 98)).toEqual({kind: 'hold', reason: 'neutral'});
    expect(decideAt(0.5, shrunk, changes, 99)).toEqual({kind: 'hold', reason: 'neutral'});
    // Crumbs below a lot are no position that anybody waits to be rid of.
    expect(decideAt(0.5, dust, changes, 90)).toEqual({kind: 'hold', reason: 'neutral'});
  });

  it('leaves room in cash for costs and for the step to the next open', () => {
    const view = account({availableQuote: d(500)});
    expect(decideAt(0.9, view)).toMatchObject({quantityBase: d('4.969')});
    expect(decideAt(0.9, view, {feeBps: 0, slippageBps: 0, bufferBps: 0})).toMatchObject({
      quantityBase: d(5),
    });
  });

  it('makes the same intent of the same candle', () => {
    expect(JSON.stringify(decideAt(0.7))).toBe(JSON.stringify(decideAt(0.7)));
  });
});

describe('flatten', () => {
  it('closes what is held', () => {
    expect(flatten(config, long, candleAt(3, 100))).toMatchObject({
      decisionId: `lstm:${SYMBOL}:${openTime(3)}:flatten`,
      side: 'sell',
      reduceOnly: true,
      reason: 'flatten',
      quantityBase: d(1),
    });
    expect(flatten(config, short, candleAt(3, 100))).toMatchObject({side: 'buy'});
  });

  it('has nothing to close where nothing or dust is held', () => {
    expect(flatten(config, account(), candleAt(0, 100))).toEqual({kind: 'hold', reason: 'nothing-to-close'});
    expect(flatten(config, dust, candleAt(0, 100))).toEqual({kind: 'hold', reason: 'nothing-to-close'});
  });
});
