import {allowIf, recordable} from '../risk-check.js';
import type {RiskCheckDefinition} from '../risk-check.js';

/** Reads the side's probability off the forecast, not off the intent that claims it. */
export const confidence: RiskCheckDefinition = {
  id: 'confidence',
  summary: "Opens nothing whose side's probability in the forecast is below the minimum.",
  codes: ['CONFIDENCE_TOO_LOW'],
  limits: ['minConfidence'],
  appliesToReducing: false,
  create:
    (limits) =>
    (intent, _account, {forecast}) => {
      const probability = forecast?.probability ?? NaN;
      const ofSide = intent.side === 'buy' ? probability : 1 - probability;
      return allowIf(ofSide >= limits.minConfidence && ofSide <= 1, 'CONFIDENCE_TOO_LOW', {
        side: intent.side,
        probability: recordable(probability),
        probabilityOfSide: recordable(ofSide),
        minConfidence: limits.minConfidence,
      });
    },
};
