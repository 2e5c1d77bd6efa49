import {allowIf} from '../risk-check.js';
import type {RiskCheckDefinition} from '../risk-check.js';

/** One decision, one order, whatever restarts. */
export const duplicateDecision: RiskCheckDefinition = {
  id: 'duplicate-decision',
  summary: 'Lets no decision through that was approved before.',
  codes: ['DUPLICATE_DECISION'],
  limits: [],
  appliesToReducing: true,
  create:
    () =>
    (intent, _account, {approvedDecisionIds}) => {
      const seen = approvedDecisionIds.has(intent.decisionId);
      return allowIf(!seen, 'DUPLICATE_DECISION', {seen});
    },
};
