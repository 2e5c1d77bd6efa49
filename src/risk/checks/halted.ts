import {allowIf} from '../risk-check.js';
import type {RiskCheckDefinition} from '../risk-check.js';

/** The kill switch. */
export const halted: RiskCheckDefinition = {
  id: 'halted',
  summary: 'Opens nothing while trading is halted by the kill switch.',
  codes: ['HALTED'],
  limits: [],
  appliesToReducing: false,
  create: () => (_intent, _account, context) => {
    // Compared with false, so that an unset switch halts.
    const running = (context.halted as unknown) === false;
    return allowIf(running, 'HALTED', {halted: !running});
  },
};
