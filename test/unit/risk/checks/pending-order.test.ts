import {describe} from 'vitest';
import {pendingOrder} from '../../../../src/risk/checks/pending-order.js';
import {keepsTheRiskCheckContract} from '../../../contract/risk-check.js';
import {d} from '../../../support/trading.js';

const pending = (symbol: string) =>
  ({clientOrderId: 'x', symbol, side: 'buy', reduceOnly: true, quantityBase: d(1)}) as const;

describe('pending-order', () => {
  keepsTheRiskCheckContract(pendingOrder, {
    refusals: {ORDER_PENDING: {account: {pendingOrders: [pending('BTC/USDT')]}}},
    allows: {'an order of another symbol': {account: {pendingOrders: [pending('ETH/USDT')]}}},
  });
});
