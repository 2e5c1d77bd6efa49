import {describe} from 'vitest';
import {maxOpenPositions} from '../../../../src/risk/checks/max-open-positions.js';
import {keepsTheRiskCheckContract} from '../../../contract/risk-check.js';
import {position, d} from '../../../support/trading.js';

const others = ['A/USDT', 'B/USDT', 'C/USDT'].map((symbol) => position({symbol}));
const pending = (reduceOnly: boolean) =>
  ({clientOrderId: 'x', symbol: 'C/USDT', side: 'buy', reduceOnly, quantityBase: d(1)}) as const;

describe('max-open-positions', () => {
  keepsTheRiskCheckContract(maxOpenPositions, {
    refusals: {TOO_MANY_POSITIONS: {account: {positions: others}}},
    allows: {
      'two others': {account: {positions: others.slice(0, 2)}},
      'dust of the same symbol': {account: {positions: [...others.slice(0, 2), position()]}},
      'a closing order elsewhere': {account: {positions: others.slice(0, 2), pendingOrders: [pending(true)]}},
    },
    broken: {
      'an opening order elsewhere': {
        account: {positions: others.slice(0, 2), pendingOrders: [pending(false)]},
      },
      'a limit of zero': {limits: {maxOpenPositions: 0}},
    },
  });
});
