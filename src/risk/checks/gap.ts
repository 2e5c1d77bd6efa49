import {allowIf} from '../risk-check.js';
import type {RiskCheckDefinition} from '../risk-check.js';

/** Where candles are missing, a forecast rests on a market that nobody saw. */
export const gap: RiskCheckDefinition = {
  id: 'gap',
  summary:
    'Opens nothing on a filled candle, right behind a gap, or where too many of the window are filled.',
  codes: ['CANDLE_FILLED', 'AFTER_GAP', 'WINDOW_FILLED'],
  limits: ['maxFilledInWindow'],
  appliesToReducing: false,
  create:
    (limits) =>
    (_intent, _account, {candle, market}) => {
      const filled = candle.filled === true;
      const afterGap = candle.afterGap === true;
      const numbers = {
        filled,
        afterGap,
        candlesSinceGap: market.candlesSinceGap,
        filledInWindow: market.filledInWindow,
        maxFilledInWindow: limits.maxFilledInWindow,
      };
      if (filled) return {code: 'CANDLE_FILLED', numbers};
      if (afterGap) return {code: 'AFTER_GAP', numbers};
      return allowIf(market.filledInWindow <= limits.maxFilledInWindow, 'WINDOW_FILLED', numbers);
    },
};
