import {describe} from 'vitest';
import {inputRange} from '../../../../src/risk/checks/input-range.js';
import {keepsTheRiskCheckContract} from '../../../contract/risk-check.js';
import {forecastAt} from '../../../support/trading.js';

describe('input-range', () => {
  keepsTheRiskCheckContract(inputRange, {
    refusals: {INPUT_OUT_OF_RANGE: {context: {forecast: forecastAt(0, 0.7, {maxAbsInput: 100.1})}}},
    allows: {'exactly the limit': {context: {forecast: forecastAt(0, 0.7, {maxAbsInput: 100})}}},
    broken: {
      'an input that is no number': {context: {forecast: forecastAt(0, 0.7, {maxAbsInput: NaN})}},
      'an infinite input': {context: {forecast: forecastAt(0, 0.7, {maxAbsInput: Infinity})}},
      'no forecast': {context: {forecast: undefined}},
    },
  });
});
