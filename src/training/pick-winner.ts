/** What a comparison knows of one candidate. */
export interface Candidate {
  readonly model: string;
  /** On the candles that all candidates were measured on. */
  readonly logLoss: number;
  readonly accuracy: number;
}

/** The rule, in the words that are recorded with its outcome. */
export const WINNER_RULE =
  'the lower log loss on the same held-out candles; where they agree to 1e-6, the higher accuracy, then the first name';

/** Picks the best of some candidates. The log loss judges every probability, not only on which side of one half it lies, so
 *  it needs fewer samples than the accuracy to tell two models apart.
 *  @throws RangeError for none
 *  source: Gneiting and Raftery, Strictly Proper Scoring Rules (2007) */
export function pickWinner<T extends Candidate>(candidates: readonly T[]): T {
  const [first, ...others] = [...candidates].sort((a, b) => (a.model < b.model ? -1 : 1));
  if (first === undefined) throw new RangeError('a winner needs candidates');
  return others.reduce((best, candidate) => (isBetter(candidate, best) ? candidate : best), first);
}

function isBetter(candidate: Candidate, best: Candidate): boolean {
  // A candidate whose forecasts are no numbers never wins, and always loses.
  if (!(best.logLoss < Infinity)) return candidate.logLoss < Infinity;
  const gain = best.logLoss - candidate.logLoss;
  return Math.abs(gain) <= 1e-6 ? candidate.accuracy > best.accuracy : gain > 0;
}
