import {allowIf} from '../risk-check.js';
import type {RiskCheckDefinition} from '../risk-check.js';

/** Sizes and limits rest on the reference price: it must be the market's. */
export const priceFarFromLastCandle: RiskCheckDefinition = {
  id: 'price-far-from-last-candle',
  summary: "Opens nothing whose reference price lies further from the candle's close than the limit.",
  codes: ['PRICE_TOO_FAR'],
  limits: ['maxPriceDistance'],
  appliesToReducing: false,
  create:
    (limits) =>
    (intent, _account, {close}) => {
      const distance = intent.referencePrice.minus(close).abs();
      return allowIf(distance.lte(close.times(limits.maxPriceDistance)), 'PRICE_TOO_FAR', {
        referencePrice: intent.referencePrice.toFixed(),
        close: close.toFixed(),
        distance: distance.dividedBy(close).decimalPlaces(10).toFixed(),
        maxPriceDistance: limits.maxPriceDistance,
      });
    },
};
