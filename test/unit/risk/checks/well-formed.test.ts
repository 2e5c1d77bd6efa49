import {describe} from 'vitest';
import {wellFormed} from '../../../../src/risk/checks/well-formed.js';
import {keepsTheRiskCheckContract} from '../../../contract/risk-check.js';
import {d, openTime} from '../../../support/trading.js';

const STOP = {side: 'sell', reduceOnly: true, reason: 'resting-stop', stopPrice: d(98)} as const;

describe('well-formed', () => {
  keepsTheRiskCheckContract(wellFormed, {
    refusals: {
      SYMBOL_MISMATCH: {intent: {symbol: 'ETH/USDT'}},
      CANDLE_MISMATCH: {intent: {openTimeMs: openTime(-1)}},
      AMOUNT_INVALID: {intent: {quantityBase: d(0)}},
      NOTIONAL_MISMATCH: {intent: {notionalQuote: d(1)}},
      STOP_MISPLACED: {intent: {...STOP, stopPrice: d(100)}},
    },
    allows: {
      'a sell stop below the price': {intent: STOP},
      'a buy stop above the price': {intent: {...STOP, side: 'buy', stopPrice: d(101)}},
    },
    broken: {
      'a sell stop above the price': {intent: {...STOP, stopPrice: d(101)}},
      'a buy stop below the price': {intent: {...STOP, side: 'buy'}},
      'a stop that would open something': {intent: {...STOP, reduceOnly: false}},
      'a stop that is no number': {intent: {...STOP, stopPrice: d(NaN)}},
      'a stop at nothing': {intent: {...STOP, stopPrice: d(0)}},
      'a quantity that is no number': {intent: {quantityBase: d(NaN)}},
      'a quantity below zero': {intent: {quantityBase: d(-1)}},
      'an infinite quantity': {intent: {quantityBase: d(Infinity)}},
      'a price that is no number': {intent: {referencePrice: d(NaN)}},
      'a price of zero': {intent: {referencePrice: d(0)}},
      'a notional that is no number': {intent: {notionalQuote: d(NaN)}},
    },
  });
});
