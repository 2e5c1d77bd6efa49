import {allowIf} from '../risk-check.js';
import type {RiskCheckDefinition} from '../risk-check.js';

/** One order at a time: what is on its way decides first. */
export const pendingOrder: RiskCheckDefinition = {
  id: 'pending-order',
  summary: 'Opens nothing while an order of the same symbol is not final.',
  codes: ['ORDER_PENDING'],
  limits: [],
  appliesToReducing: false,
  create: () => (intent, account) => {
    const pending = account.pendingOrders.filter(({symbol}) => symbol === intent.symbol).length;
    return allowIf(pending === 0, 'ORDER_PENDING', {pending});
  },
};
