import {describe} from 'vitest';
import {forecastFinite} from '../../../../src/risk/checks/forecast-finite.js';
import {keepsTheRiskCheckContract} from '../../../contract/risk-check.js';
import {forecastAt} from '../../../support/trading.js';

describe('forecast-finite', () => {
  keepsTheRiskCheckContract(forecastFinite, {
    refusals: {
      FORECAST_MISSING: {context: {forecast: undefined}},
      FORECAST_NOT_FINITE: {context: {forecast: forecastAt(0, 0.7, {logit: Infinity})}},
      FORECAST_OF_ANOTHER_CANDLE: {context: {forecast: forecastAt(-1, 0.7)}},
    },
    broken: {
      'a probability that is no number': {context: {forecast: forecastAt(0, 0.7, {probability: NaN})}},
      'a probability out of range': {context: {forecast: forecastAt(0, 0.7, {probability: -0.1})}},
      'a time that is no number': {context: {forecast: forecastAt(0, 0.7, {openTimeMs: NaN})}},
    },
  });
});
