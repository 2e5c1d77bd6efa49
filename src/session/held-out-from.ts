import {parseTimeframe} from '../domain/timeframe.js';
import type {Model} from '../model/model-persistence.js';

/** Open time of the first candle that a model has not seen, in training or in selection, ms, UTC.
 *  @returns undefined where a model does not say what it has seen */
export function heldOutFromMs({manifest: {trainedOn, horizon}}: Pick<Model, 'manifest'>): number | undefined {
  const {heldOutFrom, to, timeframe} = trainedOn;
  if (heldOutFrom !== null) return Date.parse(heldOutFrom);
  // A model that does not say what it held out has seen everything up to its last candle, and the label of that one.
  return to === null ? undefined : Date.parse(to) + (horizon + 1) * parseTimeframe(timeframe).ms;
}
