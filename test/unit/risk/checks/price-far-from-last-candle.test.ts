import {describe} from 'vitest';
import {priceFarFromLastCandle} from '../../../../src/risk/checks/price-far-from-last-candle.js';
import {keepsTheRiskCheckContract} from '../../../contract/risk-check.js';
import {candleAt, d} from '../../../support/trading.js';

describe('price-far-from-last-candle', () => {
  keepsTheRiskCheckContract(priceFarFromLastCandle, {
    refusals: {PRICE_TOO_FAR: {intent: {referencePrice: d('101.01')}}},
    allows: {
      'exactly the limit': {intent: {referencePrice: d(101)}},
      'as far below': {intent: {referencePrice: d(99)}},
    },
    broken: {
      'a price that is no number': {intent: {referencePrice: d(NaN)}},
      'a close that is no number': {context: {candle: candleAt(0, NaN)}},
    },
  });
});
