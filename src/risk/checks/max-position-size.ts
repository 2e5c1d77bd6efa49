import {Decimal, ZERO} from '../../domain/decimal.js';
import {allowIf} from '../risk-check.js';
import type {RiskCheckDefinition} from '../risk-check.js';

/** What would be held after this order, valued at the close. */
export const maxPositionSize: RiskCheckDefinition = {
  id: 'max-position-size',
  summary: 'Opens no position whose value at the close, with what is held and pending, exceeds the limit.',
  codes: ['POSITION_TOO_LARGE'],
  limits: ['maxPositionSizeQuote'],
  appliesToReducing: false,
  create:
    (limits) =>
    (intent, account, {close}) => {
      const heldBase = account.positions
        .filter(({symbol}) => symbol === intent.symbol)
        .reduce((sum, position) => sum.plus(position.quantityBase), ZERO);
      const pendingBase = account.pendingOrders
        .filter(({symbol, reduceOnly}) => symbol === intent.symbol && !reduceOnly)
        .reduce((sum, order) => sum.plus(order.quantityBase), ZERO);
      // The worse of the two prices: an intent cannot make itself small by quoting a low one.
      const price = Decimal.max(intent.referencePrice, close);
      const valueQuote = heldBase.plus(pendingBase).plus(intent.quantityBase).times(price);
      return allowIf(valueQuote.lte(limits.maxPositionSizeQuote), 'POSITION_TOO_LARGE', {
        heldBase: heldBase.toFixed(),
        pendingBase: pendingBase.toFixed(),
        orderBase: intent.quantityBase.toFixed(),
        price: price.toFixed(),
        valueQuote: valueQuote.toFixed(),
        maxPositionSizeQuote: limits.maxPositionSizeQuote.toFixed(),
      });
    },
};
