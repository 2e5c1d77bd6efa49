import {describe} from 'vitest';
import {balance} from '../../../../src/risk/checks/balance.js';
import {keepsTheRiskCheckContract} from '../../../contract/risk-check.js';
import {candleAt, d} from '../../../support/trading.js';

describe('balance', () => {
  keepsTheRiskCheckContract(balance, {
    refusals: {BALANCE_TOO_SMALL: {account: {availableQuote: d('100.11')}}},
    allows: {'notional and costs to the cent': {account: {availableQuote: d('100.12')}}},
    broken: {
      'cash that is no number': {account: {availableQuote: d(NaN)}},
      'a quantity that is no number': {intent: {quantityBase: d(NaN)}},
      'a higher close than the reference': {
        account: {availableQuote: d('100.12')},
        context: {candle: candleAt(0, 101)},
      },
      'a short that equity could not buy back': {intent: {side: 'sell'}, account: {equityQuote: d(50)}},
    },
  });
});
