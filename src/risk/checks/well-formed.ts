import type {Decimal} from '../../domain/decimal.js';
import type {OrderIntent} from '../../domain/order.js';
import {allowIf} from '../risk-check.js';
import type {RiskCheckDefinition} from '../risk-check.js';

/** An intent that contradicts itself or its candle is a defect upstream. */
export const wellFormed: RiskCheckDefinition = {
  id: 'well-formed',
  summary:
    'Lets no order through whose symbol, candle, quantity, price and notional do not belong together, and no stop on the wrong side of the price.',
  codes: ['SYMBOL_MISMATCH', 'CANDLE_MISMATCH', 'AMOUNT_INVALID', 'NOTIONAL_MISMATCH', 'STOP_MISPLACED'],
  limits: [],
  appliesToReducing: true,
  create:
    () =>
    (intent, _account, {candle, rules}) => {
      const {quantityBase, referencePrice, notionalQuote, stopPrice} = intent;
      const numbers = {
        symbol: intent.symbol,
        openTimeMs: intent.openTimeMs,
        candleOpenTimeMs: candle.openTimeMs,
        quantityBase: quantityBase.toFixed(),
        referencePrice: referencePrice.toFixed(),
        notionalQuote: notionalQuote.toFixed(),
        ...(stopPrice === undefined ? {} : {stopPrice: stopPrice.toFixed()}),
      };
      if (intent.symbol !== rules.symbol) return {code: 'SYMBOL_MISMATCH', numbers};
      if (intent.openTimeMs !== candle.openTimeMs) return {code: 'CANDLE_MISMATCH', numbers};
      const positive =
        quantityBase.isFinite() && quantityBase.gt(0) && referencePrice.isFinite() && referencePrice.gt(0);
      if (!positive) return {code: 'AMOUNT_INVALID', numbers};
      if (!notionalQuote.eq(quantityBase.times(referencePrice))) return {code: 'NOTIONAL_MISMATCH', numbers};
      return allowIf(stopPrice === undefined || isWellPlaced(intent, stopPrice), 'STOP_MISPLACED', numbers);
    },
};

/** A stop only ever reduces, and waits on the side of the price on which the position loses. */
function isWellPlaced({side, reduceOnly, referencePrice}: OrderIntent, stopPrice: Decimal): boolean {
  if (!(reduceOnly && stopPrice.isFinite() && stopPrice.gt(0))) return false;
  return side === 'sell' ? stopPrice.lt(referencePrice) : stopPrice.gt(referencePrice);
}
