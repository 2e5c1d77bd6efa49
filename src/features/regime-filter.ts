import type {RegimeParameters} from '../domain/feature-schema.js';
import {DlTradeError} from '../domain/errors.js';

/** The parameters of a feature export that no fitted model stands behind. */
export const DEFAULT_REGIME: RegimeParameters = {
  mean: [0, 0],
  variance: [1e-6, 1e-5],
  stay: [0.98, 0.95],
};

const SMALLEST_VARIANCE = 1e-60;
const LARGEST_VARIANCE = 1e60;

/** Refuses parameters with which the filter could leave [0, 1].
 *  @throws MODEL_INVALID naming the field and its value */
export function requireRegime(regime: RegimeParameters): void {
  const {mean, variance, stay} = regime;
  for (const state of [0, 1] as const) {
    if (!(Math.abs(mean[state]) <= 1e30)) throw invalid(`mean[${state}]`, mean[state], 'a finite return');
    if (!(variance[state] >= SMALLEST_VARIANCE && variance[state] <= LARGEST_VARIANCE)) {
      throw invalid(`variance[${state}]`, variance[state], 'a positive number');
    }
    if (!(stay[state] > 0 && stay[state] < 1)) {
      throw invalid(`stay[${state}]`, stay[state], 'a probability in (0, 1)');
    }
  }
  if (!(variance[0] < variance[1])) {
    throw invalid('variance[0]', variance[0], `less than variance[1] = ${variance[1]}`);
  }
}

function invalid(field: string, value: number, wanted: string): DlTradeError {
  return new DlTradeError('MODEL_INVALID', `regime ${field} was "${value}", want ${wanted}`, {
    details: {field: `regime.${field}`, value},
  });
}

/** Hamilton's filter of the two-state Markov-switching model: P(state | returns so far), O(1) a return.
 *  Started from the chain's stationary distribution. Only the RATIO of the two likelihoods enters, with the larger
 *  one scaled to 1, so that no return, however unlikely, makes 0/0.
 *  source: Hamilton (1989); the same recursion as statsmodels' MarkovRegression */
export class RegimeFilter {
  /** P(calm), P(volatile), given the returns so far: the stationary distribution before the first. */
  readonly state = new Float64Array(2);
  readonly #mean: readonly [number, number];
  readonly #precision: readonly [number, number];
  readonly #stay: readonly [number, number];
  readonly #logDeviationRatio: number;
  readonly #single = new Float64Array(1);

  /** @throws MODEL_INVALID */
  constructor(regime: RegimeParameters = DEFAULT_REGIME) {
    requireRegime(regime);
    const {mean, variance, stay} = regime;
    this.#mean = mean;
    this.#precision = [1 / variance[0], 1 / variance[1]];
    this.#stay = stay;
    this.#logDeviationRatio = 0.5 * (Math.log(variance[1]) - Math.log(variance[0]));
    const leaving = 1 - stay[0] + (1 - stay[1]);
    this.state[0] = (1 - stay[1]) / leaving;
    this.state[1] = (1 - stay[0]) / leaving;
  }

  /** Takes in one return.
   *  @param simpleReturn c / c[-1] - 1, finite */
  update(simpleReturn: number): void {
    this.#single[0] = simpleReturn;
    this.updateFrom(this.#single, 0);
  }

  /** `update` with returns[at]: a double that is passed to a function may be allocated on the heap, one in an array is not. */
  updateFrom(returns: Float64Array, at: number): void {
    const simpleReturn = returns[at]!;
    const {state} = this;
    const calm = state[0]!;
    const wild = state[1]!;
    const calmBefore = this.#stay[0] * calm + (1 - this.#stay[1]) * wild;
    const wildBefore = (1 - this.#stay[0]) * calm + this.#stay[1] * wild;

    const fromCalm = simpleReturn - this.#mean[0];
    const fromWild = simpleReturn - this.#mean[1];
    // ln of (density if calm / density if volatile)
    const evidence =
      this.#logDeviationRatio
      + 0.5 * (fromWild * fromWild * this.#precision[1] - fromCalm * fromCalm * this.#precision[0]);

    const calmWeight = evidence > 0 ? calmBefore : calmBefore * Math.exp(evidence);
    const wildWeight = evidence > 0 ? wildBefore * Math.exp(-evidence) : wildBefore;
    state[0] = calmWeight / (calmWeight + wildWeight);
    state[1] = wildWeight / (calmWeight + wildWeight);
  }
}
