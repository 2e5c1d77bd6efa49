import {describe} from 'vitest';
import {duplicateDecision} from '../../../../src/risk/checks/duplicate-decision.js';
import {keepsTheRiskCheckContract} from '../../../contract/risk-check.js';
import {intent} from '../../../support/trading.js';

describe('duplicate-decision', () => {
  keepsTheRiskCheckContract(duplicateDecision, {
    refusals: {DUPLICATE_DECISION: {context: {approvedDecisionIds: new Set([intent().decisionId])}}},
    allows: {'another decision': {context: {approvedDecisionIds: new Set(['other'])}}},
  });
});
