import {describe} from 'vitest';
import {confidence} from '../../../../src/risk/checks/confidence.js';
import {keepsTheRiskCheckContract} from '../../../contract/risk-check.js';
import {forecastAt} from '../../../support/trading.js';

describe('confidence', () => {
  keepsTheRiskCheckContract(confidence, {
    refusals: {CONFIDENCE_TOO_LOW: {context: {forecast: forecastAt(0, 0.59)}, limits: {minConfidence: 0.6}}},
    allows: {
      'exactly the minimum': {context: {forecast: forecastAt(0, 0.6)}, limits: {minConfidence: 0.6}},
      'a sell at the other end': {
        intent: {side: 'sell'},
        context: {forecast: forecastAt(0, 0.3)},
        limits: {minConfidence: 0.6},
      },
    },
    broken: {
      'no forecast': {context: {forecast: undefined}},
      'a probability that is no number': {context: {forecast: forecastAt(0, NaN)}},
      'a probability above 1': {context: {forecast: forecastAt(0, 0.7, {probability: 1.5})}},
      'a buy that the forecast speaks against, whatever the intent claims': {
        intent: {confidence: 0.9},
        context: {forecast: forecastAt(0, 0.3)},
      },
    },
  });
});
