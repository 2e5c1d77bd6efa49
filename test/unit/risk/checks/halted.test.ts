import {describe} from 'vitest';
import {halted} from '../../../../src/risk/checks/halted.js';
import {keepsTheRiskCheckContract} from '../../../contract/risk-check.js';

describe('halted', () => {
  keepsTheRiskCheckContract(halted, {
    refusals: {HALTED: {context: {halted: true}}},
    broken: {'a switch that is not set': {context: {halted: undefined as unknown as boolean}}},
  });
});
