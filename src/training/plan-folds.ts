import {DlTradeError} from '../domain/errors.js';
import type {SplitBoundaries} from './splits.js';

/** How a history is walked: the training part moves with each fold (rolling), or grows from the beginning (anchored). */
export type WalkForwardScheme = 'rolling' | 'anchored';

export interface FoldPlanOptions {
  readonly folds: number;
  readonly scheme: WalkForwardScheme;
  /** Share of all samples that the first fold trains and validates on; 0.5 unless said otherwise. */
  readonly trainShare?: number;
  /** Share of a fold's own training samples that it selects on; 0.15 unless said otherwise. */
  readonly validationShare?: number;
}

/** Divides samples into folds whose test parts follow each other without a hole or an overlap, from the end of the first
 *  training part to the last sample; each fold trains on what lies before its own test part.
 *  @param samples how many there are, in time order
 *  @returns places in the list of samples; purge and embargo come on top, as `splitAt` does them
 *  @throws CONFIG_INVALID for shares or counts out of range, CANDLES_TOO_FEW where a part would be empty
 *  source: Pardo, The Evaluation and Optimization of Trading Strategies (2008), ch. 11 (walk-forward analysis) */
export function planFolds(samples: number, options: FoldPlanOptions): SplitBoundaries[] {
  const {folds, scheme, trainShare = 0.5, validationShare = 0.15} = options;
  requireShare('train-share', trainShare);
  requireShare('validation-share', validationShare);
  if (!(Number.isInteger(folds) && folds >= 1)) throw invalid('folds', folds, 'a whole number >= 1');
  const first = Math.floor(samples * trainShare);
  const plan = Array.from({length: folds}, (_, fold) => {
    const place = (k: number): number => first + Math.floor(((samples - first) * k) / folds);
    const testFrom = place(fold);
    const from = scheme === 'anchored' ? 0 : testFrom - first;
    const validationFrom = testFrom - Math.floor((testFrom - from) * validationShare);
    return {from, validationFrom, testFrom, to: place(fold + 1)};
  });
  const tooSmall = plan.find(
    ({from, validationFrom, testFrom, to}) =>
      validationFrom <= from || testFrom <= validationFrom || to <= testFrom,
  );
  if (tooSmall === undefined) return plan;
  throw new DlTradeError(
    'CANDLES_TOO_FEW',
    `${samples} samples are too few for ${folds} folds; give a longer history or fewer folds`,
    {details: {samples, folds}},
  );
}

function requireShare(name: string, share: number): void {
  if (!(share > 0 && share < 1)) throw invalid(name, share, 'a share above 0 and below 1');
}

function invalid(name: string, value: number, want: string): DlTradeError {
  return new DlTradeError('CONFIG_INVALID', `${name} was "${value}", want ${want}`, {details: {name, value}});
}
