import {describe} from 'vitest';
import {maxPositionSize} from '../../../../src/risk/checks/max-position-size.js';
import {keepsTheRiskCheckContract} from '../../../contract/risk-check.js';
import {candleAt, d, position} from '../../../support/trading.js';

const pending = {
  clientOrderId: 'x',
  symbol: 'BTC/USDT',
  side: 'buy',
  reduceOnly: false,
  quantityBase: d('0.001'),
} as const;

describe('max-position-size', () => {
  keepsTheRiskCheckContract(maxPositionSize, {
    refusals: {POSITION_TOO_LARGE: {intent: {quantityBase: d('10.001')}}},
    allows: {'exactly the limit': {intent: {quantityBase: d(10)}}},
    broken: {
      'what is held counts': {
        intent: {quantityBase: d(10)},
        account: {positions: [position({quantityBase: d('0.001')})]},
      },
      'what is pending counts': {intent: {quantityBase: d(10)}, account: {pendingOrders: [pending]}},
      'a reference price that makes it small': {
        intent: {quantityBase: d(11), referencePrice: d(90)},
        context: {candle: candleAt(0, 100)},
      },
      'a quantity that is no number': {intent: {quantityBase: d(NaN)}},
      'a close that is no number': {context: {candle: candleAt(0, NaN)}},
    },
  });
});
