import {allowIf} from '../risk-check.js';
import type {RiskCheckDefinition} from '../risk-check.js';

/** Counts symbols, held or on their way, as they would be after this order. */
export const maxOpenPositions: RiskCheckDefinition = {
  id: 'max-open-positions',
  summary: 'Opens no position beyond the number that the configuration allows.',
  codes: ['TOO_MANY_POSITIONS'],
  limits: ['maxOpenPositions'],
  appliesToReducing: false,
  create: (limits) => (intent, account) => {
    const symbols = new Set([intent.symbol]);
    for (const position of account.positions) symbols.add(position.symbol);
    for (const order of account.pendingOrders) if (!order.reduceOnly) symbols.add(order.symbol);
    return allowIf(symbols.size <= limits.maxOpenPositions, 'TOO_MANY_POSITIONS', {
      openPositions: account.positions.length,
      positionsAfter: symbols.size,
      maxOpenPositions: limits.maxOpenPositions,
    });
  },
};
