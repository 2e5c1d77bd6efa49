import {describe} from 'vitest';
import {reduces} from '../../../../src/risk/checks/reduces.js';
import {keepsTheRiskCheckContract} from '../../../contract/risk-check.js';
import {d, position} from '../../../support/trading.js';

const selling = (quantity: number) => ({side: 'sell', reduceOnly: true, quantityBase: d(quantity)}) as const;
const pendingSell = {
  clientOrderId: 'x',
  symbol: 'BTC/USDT',
  side: 'sell',
  reduceOnly: true,
  quantityBase: d('0.4'),
} as const;

describe('reduces', () => {
  keepsTheRiskCheckContract(reduces, {
    refusals: {
      NOTHING_TO_REDUCE: {intent: selling(1)},
      REDUCES_TOO_MUCH: {intent: selling(1.001), account: {positions: [position()]}},
    },
    allows: {
      'all of a long': {intent: selling(1), account: {positions: [position()]}},
      'all of a short': {
        intent: {side: 'buy', reduceOnly: true},
        account: {positions: [position({side: 'short'})]},
      },
      'what another sale leaves': {
        intent: selling(0.6),
        account: {positions: [position()], pendingOrders: [pendingSell]},
      },
    },
    broken: {
      'a buy on top of a long': {intent: {reduceOnly: true}, account: {positions: [position()]}},
      'a position of another symbol': {
        intent: selling(1),
        account: {positions: [position({symbol: 'ETH/USDT'})]},
      },
      'more than another sale leaves': {
        intent: selling(0.601),
        account: {positions: [position()], pendingOrders: [pendingSell]},
      },
      'a quantity that is no number': {intent: selling(NaN), account: {positions: [position()]}},
    },
  });
});
