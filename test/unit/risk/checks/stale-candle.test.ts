import {describe} from 'vitest';
import {staleCandle} from '../../../../src/risk/checks/stale-candle.js';
import {keepsTheRiskCheckContract} from '../../../contract/risk-check.js';
import {TIMEFRAME_MS, openTime} from '../../../support/trading.js';

describe('stale-candle', () => {
  keepsTheRiskCheckContract(staleCandle, {
    refusals: {
      CANDLE_STALE: {context: {nowMs: openTime(1) + TIMEFRAME_MS + 1}},
      CANDLE_FROM_THE_FUTURE: {context: {nowMs: openTime(1) - 5001}},
    },
    allows: {
      'exactly the oldest': {context: {nowMs: openTime(1) + TIMEFRAME_MS}},
      'a clock that is a little behind': {context: {nowMs: openTime(1) - 5000}},
    },
    broken: {'a clock that is no number': {context: {nowMs: NaN}}},
  });
});
