import {Decimal} from '../../domain/decimal.js';
import {allowIf} from '../risk-check.js';
import type {RiskCheckDefinition} from '../risk-check.js';

/** What the venue would reject is refused here, with numbers instead of an error code of theirs. */
export const exchangeFilters: RiskCheckDefinition = {
  id: 'exchange-filters',
  summary:
    "Lets no order through that breaks the venue's lot, minimum quantity or minimum notional, or whose stop price is off the tick.",
  codes: ['RULES_INVALID', 'OFF_LOT', 'OFF_TICK', 'QUANTITY_TOO_SMALL', 'NOTIONAL_TOO_SMALL'],
  limits: [],
  appliesToReducing: true,
  create:
    () =>
    (intent, _account, {close, rules}) => {
      const {quantityBase, referencePrice, stopPrice} = intent;
      // The venue judges by its last price, not by ours: the lower of the two must do.
      // A stop is sold at its own price.
      const notionalQuote = quantityBase.times(Decimal.min(referencePrice, close, stopPrice ?? close));
      const offLot = quantityBase.modulo(rules.lotSizeBase);
      const numbers = {
        quantityBase: quantityBase.toFixed(),
        lotSizeBase: rules.lotSizeBase.toFixed(),
        offLot: offLot.toFixed(),
        minQuantityBase: rules.minQuantityBase.toFixed(),
        notionalQuote: notionalQuote.toFixed(),
        minNotionalQuote: rules.minNotionalQuote.toFixed(),
        // A market order sends no price, so the tick is recorded and refuses nothing.
        tickSizeQuote: rules.tickSizeQuote.toFixed(),
        ...(stopPrice === undefined ? {} : {stopPrice: stopPrice.toFixed()}),
      };
      const known =
        rules.lotSizeBase.gt(0)
        && rules.tickSizeQuote.gt(0)
        && rules.minQuantityBase.gte(0)
        && rules.minNotionalQuote.gte(0);
      if (!known) return {code: 'RULES_INVALID', numbers};
      if (!offLot.isZero()) return {code: 'OFF_LOT', numbers};
      const isOnTick = stopPrice === undefined || stopPrice.modulo(rules.tickSizeQuote).isZero();
      if (!isOnTick) return {code: 'OFF_TICK', numbers};
      if (!quantityBase.gte(rules.minQuantityBase)) return {code: 'QUANTITY_TOO_SMALL', numbers};
      return allowIf(notionalQuote.gte(rules.minNotionalQuote), 'NOTIONAL_TOO_SMALL', numbers);
    },
};
