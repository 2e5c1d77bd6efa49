import {mcnemar, verdictOf} from './mcnemar.js';
import type {McNemar} from './mcnemar.js';
import {normalTail} from './normal-tail.js';

/** Two classifiers over the same samples, by the test that their labels allow. */
export interface PairedTest extends McNemar {
  readonly name: 'McNemar' | 'Diebold-Mariano';
}

/** Is the first classifier better than the second on the same samples? McNemar's exact test where labels do not overlap. With a
 *  longer horizon neighbours are right or wrong together, and forecasts that persist make McNemar's test find a difference
 *  between equals up to half of the time: Diebold and Mariano's test, which counts the neighbours in, takes its place.
 *  @param first shape [N]; 1 where the first was right, in time order
 *  @param second shape [N]; 1 where the second was right
 *  @param horizon candles that a label looks ahead
 *  @throws RangeError where the two differ in length */
export function pairedTest(first: Uint8Array, second: Uint8Array, horizon: number): PairedTest {
  const exact = mcnemar(first, second);
  if (horizon === 1) return {name: 'McNemar', ...exact};
  const pValue = dieboldMariano(first, second, horizon);
  return {name: 'Diebold-Mariano', ...exact, pValue, verdict: verdictOf({...exact, pValue})};
}

/** Two-sided probability, 1 where there are too few samples to say anything.
 *  source: Diebold and Mariano, Comparing Predictive Accuracy (1995); small samples: Harvey, Leybourne and Newbold, Testing the
 *  Equality of Prediction Mean Squared Errors (1997); where the variance comes out negative, the weights of Newey and West (1987) */
function dieboldMariano(first: Uint8Array, second: Uint8Array, horizon: number): number {
  const count = first.length;
  const differences = Float64Array.from(first, (right, i) => right - second[i]!);
  const mean = differences.reduce((sum, one) => sum + one, 0) / count;
  const autocovariance = (lag: number): number => {
    let sum = 0;
    for (let i = lag; i < count; i++) sum += (differences[i]! - mean) * (differences[i - lag]! - mean);
    return sum / count;
  };
  const own = autocovariance(0);
  let [equal, falling] = [own, own];
  for (let lag = 1; lag < horizon; lag++) {
    const both = 2 * autocovariance(lag);
    equal += both;
    falling += (1 - lag / horizon) * both;
  }
  const variance = equal > 0 ? equal : falling;
  const apart = count - horizon;
  if (!(variance > 0 && apart > 0)) return 1;
  const correction = (apart * (apart + 1)) / count ** 2;
  return 2 * normalTail(Math.abs(mean) * Math.sqrt((count * correction) / variance));
}
