import {describe} from 'vitest';
import {exchangeFilters} from '../../../../src/risk/checks/exchange-filters.js';
import {keepsTheRiskCheckContract} from '../../../contract/risk-check.js';
import {RULES, candleAt, d} from '../../../support/trading.js';

describe('exchange-filters', () => {
  keepsTheRiskCheckContract(exchangeFilters, {
    refusals: {
      RULES_INVALID: {context: {rules: {...RULES, lotSizeBase: d(0)}}},
      OFF_LOT: {intent: {quantityBase: d('1.0005')}},
      QUANTITY_TOO_SMALL: {
        intent: {quantityBase: d('0.099')},
        context: {rules: {...RULES, minQuantityBase: d('0.1')}},
      },
      OFF_TICK: {intent: {stopPrice: d('98.001')}},
      NOTIONAL_TOO_SMALL: {intent: {quantityBase: d('0.049')}},
    },
    allows: {
      'exactly the minimum notional': {intent: {quantityBase: d('0.05')}},
      'a stop on the tick': {intent: {stopPrice: d('98.01')}},
      'a reference price off the tick: a market order sends none': {
        intent: {referencePrice: d('100.001')},
        context: {candle: candleAt(0, 100.001)},
      },
    },
    broken: {
      'a stop at which too little would be sold': {intent: {quantityBase: d('0.05'), stopPrice: d(98)}},
      'a stop that is no number': {intent: {stopPrice: d(NaN)}},
      'a quantity that is no number': {intent: {quantityBase: d(NaN)}},
      'a lot that is no number': {context: {rules: {...RULES, lotSizeBase: d(NaN)}}},
      'a tick that is no number': {context: {rules: {...RULES, tickSizeQuote: d(NaN)}}},
      'a minimum that is no number': {context: {rules: {...RULES, minNotionalQuote: d(NaN)}}},
      'a minimum quantity that is no number': {context: {rules: {...RULES, minQuantityBase: d(NaN)}}},
      'a reference price that makes it large': {
        intent: {quantityBase: d('0.049'), referencePrice: d(1000)},
      },
    },
  });
});
