import {describe} from 'vitest';
import {wellFormed} from '../../../../src/risk/checks/well-formed.js';
import {keepsTheRiskCheckContract} from '../../../contract/risk-check.js';
import {d, openTime} from '../../../support/trading.js';

describe('well-formed', () => {
  keepsTheRiskCheckContract(wellFormed, {
    refusals: {
      SYMBOL_MISMATCH: {intent: {symbol: 'ETH/USDT'}},
      CANDLE_MISMATCH: {intent: {openTimeMs: openTime(-1)}},
      AMOUNT_INVALID: {intent: {quantityBase: d(0)}},
      NOTIONAL_MISMATCH: {intent: {notionalQuote: d(1)}},
    },
    broken: {
      'a quantity that is no number': {intent: {quantityBase: d(NaN)}},
      'a quantity below zero': {intent: {quantityBase: d(-1)}},
      'an infinite quantity': {intent: {quantityBase: d(Infinity)}},
      'a price that is no number': {intent: {referencePrice: d(NaN)}},
      'a price of zero': {intent: {referencePrice: d(0)}},
      'a notional that is no number': {intent: {notionalQuote: d(NaN)}},
    },
  });
});
