import {allowIf, recordable} from '../risk-check.js';
import type {RiskCheckDefinition} from '../risk-check.js';

/** A forecast of this candle, with numbers that are numbers. */
export const forecastFinite: RiskCheckDefinition = {
  id: 'forecast-finite',
  summary: 'Opens nothing without a finite forecast that was made on this very candle.',
  codes: ['FORECAST_MISSING', 'FORECAST_NOT_FINITE', 'FORECAST_OF_ANOTHER_CANDLE'],
  limits: [],
  appliesToReducing: false,
  create:
    () =>
    (_intent, _account, {candle, forecast}) => {
      const numbers = {
        logit: forecast === undefined ? null : recordable(forecast.logit),
        probability: forecast === undefined ? null : recordable(forecast.probability),
        forecastOpenTimeMs: forecast === undefined ? null : recordable(forecast.openTimeMs),
        candleOpenTimeMs: candle.openTimeMs,
      };
      if (forecast === undefined) return {code: 'FORECAST_MISSING', numbers};
      const sound = Number.isFinite(forecast.logit) && forecast.probability >= 0 && forecast.probability <= 1;
      if (!sound) return {code: 'FORECAST_NOT_FINITE', numbers};
      return allowIf(forecast.openTimeMs === candle.openTimeMs, 'FORECAST_OF_ANOTHER_CANDLE', numbers);
    },
};
