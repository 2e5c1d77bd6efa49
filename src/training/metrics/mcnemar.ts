/** Two classifiers over the same samples: where they differ, and how likely that is by chance. */
export interface McNemar {
  /** Samples that the first alone got right. */
  readonly firstOnly: number;
  /** Samples that the second alone got right. */
  readonly secondOnly: number;
  /** Two-sided probability of so uneven a split, were both equally good; 1 where they never differ. */
  readonly pValue: number;
  /** In words, at the 5% level. */
  readonly verdict: 'significantly better' | 'not significantly different' | 'significantly worse';
}

/** McNemar's exact test: is the first classifier better than the second on the same samples?
 *  Overlapping labels (horizon beyond 1) make neighbours alike and the test too sure of itself: `pairedTest` takes another there.
 *  @param first shape [N]; 1 where the first was right
 *  @param second shape [N]; 1 where the second was right
 *  @throws RangeError where the two differ in length
 *  source: McNemar, Note on the Sampling Error of the Difference Between Correlated Proportions (1947), with the exact binomial
 *  distribution in place of chi-square */
export function mcnemar(first: Uint8Array, second: Uint8Array): McNemar {
  if (first.length !== second.length) {
    throw new RangeError(`samples were "${first.length}" and "${second.length}", want the same ones`);
  }
  let [firstOnly, secondOnly] = [0, 0];
  for (let i = 0; i < first.length; i++) {
    if (first[i]! > second[i]!) firstOnly += 1;
    else if (first[i]! < second[i]!) secondOnly += 1;
  }
  const pValue = Math.min(
    1,
    2 * lowerTailOfFairCoin(Math.min(firstOnly, secondOnly), firstOnly + secondOnly),
  );
  return {firstOnly, secondOnly, pValue, verdict: verdictOf({firstOnly, secondOnly, pValue})};
}

/** What a test says in words, at the 5% level. */
export function verdictOf({
  firstOnly,
  secondOnly,
  pValue,
}: Pick<McNemar, 'firstOnly' | 'secondOnly' | 'pValue'>): McNemar['verdict'] {
  if (!(pValue < 0.05)) return 'not significantly different';
  return firstOnly > secondOnly ? 'significantly better' : 'significantly worse';
}

/** P(X <= heads) of so many tosses of a fair coin; in logs, because 2^-5000 is no double. */
function lowerTailOfFairCoin(heads: number, tosses: number): number {
  let logTerm = -tosses * Math.LN2;
  let sum = Math.exp(logTerm);
  for (let k = 1; k <= heads; k++) {
    logTerm += Math.log((tosses - k + 1) / k);
    sum += Math.exp(logTerm);
  }
  return sum;
}
