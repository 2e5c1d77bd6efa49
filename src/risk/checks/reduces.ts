import {ZERO} from '../../domain/decimal.js';
import {allowIf} from '../risk-check.js';
import type {RiskCheckDefinition} from '../risk-check.js';

/** `reduceOnly` opens the door past the limits, so the claim is checked. */
export const reduces: RiskCheckDefinition = {
  id: 'reduces',
  summary: 'Lets no order through as reducing that is larger than the position it is to reduce.',
  codes: ['NOTHING_TO_REDUCE', 'REDUCES_TOO_MUCH'],
  limits: [],
  appliesToReducing: true,
  create: () => (intent, account) => {
    const position = account.positions.find(({symbol}) => symbol === intent.symbol);
    const pendingBase = account.pendingOrders
      .filter((order) => order.symbol === intent.symbol && order.side === intent.side)
      .reduce((sum, order) => sum.plus(order.quantityBase), ZERO);
    const reducible = (position?.quantityBase ?? ZERO).minus(pendingBase);
    const numbers = {
      reduceOnly: intent.reduceOnly,
      side: intent.side,
      positionSide: position?.side ?? null,
      positionBase: (position?.quantityBase ?? ZERO).toFixed(),
      pendingBase: pendingBase.toFixed(),
      orderBase: intent.quantityBase.toFixed(),
    };
    if (!intent.reduceOnly) return {numbers};
    const opposite = position !== undefined && (position.side === 'long') === (intent.side === 'sell');
    if (!opposite) return {code: 'NOTHING_TO_REDUCE', numbers};
    return allowIf(intent.quantityBase.lte(reducible), 'REDUCES_TOO_MUCH', numbers);
  },
};
