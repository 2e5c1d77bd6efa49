import {describe, expect, it} from 'vitest';
import {circuitBreaker} from '../../../../src/risk/checks/circuit-breaker.js';
import {keepsTheRiskCheckContract} from '../../../contract/risk-check.js';
import {FillAudit} from '../../../../src/risk/recompute-account.js';
import {ask, checkContext} from '../../../support/risk.js';
import {SYMBOL, TIMEFRAME_MS, candleAt, d, fill, openTime} from '../../../support/trading.js';

function losses(count: number, lastMs: number): FillAudit {
  const fills = new FillAudit(SYMBOL, d(10_000));
  for (let index = 0; index < count; index += 1) {
    fills.apply(fill({price: d(100), timeMs: lastMs}), d('0.001'));
    fills.apply(fill({side: 'sell', price: d(99), timeMs: lastMs}), d('0.001'));
  }
  return fills;
}

function moved(to: number): ReturnType<typeof checkContext> {
  return checkContext({
    candle: candleAt(0, 100, {close: to, high: Math.max(100, to), low: Math.min(100, to)}),
  });
}

describe('circuit-breaker', () => {
  keepsTheRiskCheckContract(circuitBreaker, {
    refusals: {
      LOSSES_IN_A_ROW: {context: {fills: losses(5, openTime(0))}},
      CANDLE_MOVED_TOO_FAR: {context: moved(89.9)},
    },
    allows: {
      'four losses': {context: {fills: losses(4, openTime(0))}},
      'five losses, long enough ago': {context: {fills: losses(5, openTime(1) - 24 * TIMEFRAME_MS)}},
      'five losses where the check is off': {
        context: {fills: losses(5, openTime(0))},
        limits: {maxConsecutiveLosses: 0},
      },
      'a move of exactly the limit': {context: moved(110)},
      'a jump where the check is off': {context: moved(150), limits: {maxCandleMove: 0}},
    },
    broken: {
      'a high that is no number': {context: checkContext({candle: candleAt(0, 100, {high: NaN})})},
    },
  });

  it('measures a candle behind a gap from its own open', () => {
    const candle = candleAt(0, 200, {afterGap: true});
    expect(ask(circuitBreaker, {context: checkContext({candle})}).numbers['move']).toBe(0);
  });
});
