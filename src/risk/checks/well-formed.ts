import {allowIf} from '../risk-check.js';
import type {RiskCheckDefinition} from '../risk-check.js';

/** An intent that contradicts itself or its candle is a defect upstream. */
export const wellFormed: RiskCheckDefinition = {
  id: 'well-formed',
  summary: 'Lets no order through whose symbol, candle, quantity, price and notional do not belong together.',
  codes: ['SYMBOL_MISMATCH', 'CANDLE_MISMATCH', 'AMOUNT_INVALID', 'NOTIONAL_MISMATCH'],
  appliesToReducing: true,
  create:
    () =>
    (intent, _account, {candle, rules}) => {
      const {quantityBase, referencePrice, notionalQuote} = intent;
      const numbers = {
        symbol: intent.symbol,
        openTimeMs: intent.openTimeMs,
        candleOpenTimeMs: candle.openTimeMs,
        quantityBase: quantityBase.toFixed(),
        referencePrice: referencePrice.toFixed(),
        notionalQuote: notionalQuote.toFixed(),
      };
      if (intent.symbol !== rules.symbol) return {code: 'SYMBOL_MISMATCH', numbers};
      if (intent.openTimeMs !== candle.openTimeMs) return {code: 'CANDLE_MISMATCH', numbers};
      const positive =
        quantityBase.isFinite() && quantityBase.gt(0) && referencePrice.isFinite() && referencePrice.gt(0);
      if (!positive) return {code: 'AMOUNT_INVALID', numbers};
      return allowIf(notionalQuote.eq(quantityBase.times(referencePrice)), 'NOTIONAL_MISMATCH', numbers);
    },
};
