import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {Exits} from '../../../src/decision/exits.js';
import {requireDecisionConfig} from '../../../src/decision/decision-config.js';
import {restingStop, stopPriceOf} from '../../../src/decision/resting-stop.js';
import type {PositionView} from '../../../src/domain/account-view.js';
import {RULES, SYMBOL, account, candleAt, d, position} from '../../support/trading.js';

const CONFIG = {strategyId: 'test', rules: RULES, exits: {stopLoss: 0.02, restingStop: true}};
const CANDLE = candleAt(0, 100);

const stopOf = (held: Partial<PositionView>, price = 100): ReturnType<typeof restingStop> =>
  restingStop(CONFIG, account({positions: [position(held)]}), {candle: CANDLE, price: d(price), sequence: 3});

describe('restingStop', () => {
  it('sells all whole lots of a long at the stop loss', () => {
    expect(stopOf({quantityBase: d('1.23456')})).toMatchObject({
      ...{side: 'sell', reduceOnly: true, reason: 'resting-stop', quantityBase: d('1.234')},
      ...{stopPrice: d(98), referencePrice: d(100), notionalQuote: d('123.4')},
      decisionId: `test:${SYMBOL}:${String(CANDLE.openTimeMs)}:resting-stop-3`,
    });
  });

  it('buys a short back above its entry', () => {
    expect(stopOf({side: 'short'})).toMatchObject({side: 'buy', reduceOnly: true, stopPrice: d(102)});
  });

  it('is none where less than a lot is held, nothing is, or no stop loss is set', () => {
    expect(stopOf({quantityBase: d('0.0009')})).toBeUndefined();
    const at = {candle: CANDLE, price: d(100), sequence: 0};
    expect(restingStop(CONFIG, account(), at)).toBeUndefined();
    const held = account({positions: [position()]});
    expect(restingStop({strategyId: 'test', rules: RULES}, held, at)).toBeUndefined();
  });

  it('is none where the market is at the stop or beyond it', () => {
    expect(stopOf({}, 98)).toBeUndefined();
    expect(stopOf({}, 97)).toBeUndefined();
    expect(stopOf({side: 'short'}, 102)).toBeUndefined();
  });

  it('lies on the tick towards the entry, so that no more is lost than was asked for', () => {
    const at = (side: 'long' | 'short', entry: string): string =>
      stopPriceOf({side, averageEntryPrice: d(entry)}, 0.02, RULES).toFixed();
    // 100.013 x 0.98 = 98.01274, and x 1.02 = 102.01326
    expect([at('long', '100.013'), at('short', '100.013')]).toEqual(['98.02', '102.01']);
    expect([at('long', '100'), at('short', '100')]).toEqual(['98', '102']);
  });

  it('never comes later than the rule on closes', () => {
    fc.assert(
      fc.property(
        fc.double({min: 0.5, max: 1e5, noNaN: true}),
        fc.double({min: 0.001, max: 0.5, noNaN: true}),
        fc.constantFrom('long' as const, 'short' as const),
        fc.double({min: 0.4, max: 1.6, noNaN: true}),
        (entry, stopLoss, side, move) => {
          const held = position({side, averageEntryPrice: d(entry)});
          const close = entry * move;
          const stop = stopPriceOf(held, stopLoss, RULES);
          const exits = new Exits({stopLoss});
          exits.observe(held, close);
          if (exits.reason(held, close, 0) !== 'stop-loss') return;
          expect(side === 'long' ? stop.gte(close) : stop.lte(close)).toBe(true);
        },
      ),
    );
  });

  it('is refused as a setting without a stop loss', () => {
    const config = {...CONFIG, threshold: 0.5, maxNotionalQuote: d(1000)};
    expect(() => {
      requireDecisionConfig(config);
    }).not.toThrow();
    expect(() => {
      requireDecisionConfig({...config, exits: {restingStop: true}});
    }).toThrow('decision.restingStop was "true"');
  });
});
