import {allowIf, recordable} from '../risk-check.js';
import type {RiskCheckDefinition} from '../risk-check.js';

/** A network asked about inputs far outside of what it was trained on answers at random. */
export const inputRange: RiskCheckDefinition = {
  id: 'input-range',
  summary: 'Opens nothing where an input lies further outside the training range than the limit.',
  codes: ['INPUT_OUT_OF_RANGE'],
  limits: ['maxAbsInput'],
  appliesToReducing: false,
  create:
    (limits) =>
    (_intent, _account, {forecast}) => {
      const maxAbsInput = forecast?.maxAbsInput ?? NaN;
      return allowIf(maxAbsInput <= limits.maxAbsInput, 'INPUT_OUT_OF_RANGE', {
        maxAbsInput: recordable(maxAbsInput),
        limit: limits.maxAbsInput,
      });
    },
};
