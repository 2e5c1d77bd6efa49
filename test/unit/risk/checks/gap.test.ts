import {describe} from 'vitest';
import {gap} from '../../../../src/risk/checks/gap.js';
import {keepsTheRiskCheckContract} from '../../../contract/risk-check.js';
import {MarketWatch} from '../../../../src/risk/market-watch.js';
import {candleAt} from '../../../support/trading.js';

function marketWithFilled(count: number): MarketWatch {
  const market = new MarketWatch(50);
  for (let index = 0; index < 60; index += 1)
    market.push(candleAt(index, 100, {filled: index >= 60 - count}));
  return market;
}

describe('gap', () => {
  keepsTheRiskCheckContract(gap, {
    refusals: {
      CANDLE_FILLED: {context: {candle: candleAt(0, 100, {filled: true})}},
      AFTER_GAP: {context: {candle: candleAt(0, 100, {afterGap: true})}},
      WINDOW_FILLED: {context: {market: marketWithFilled(6)}},
    },
    allows: {'as many filled as the limit': {context: {market: marketWithFilled(5)}}},
  });
});
