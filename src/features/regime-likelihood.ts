/** A point of the search: mean and ln variance of each state, logit of each state's chance to stay.
 *  [mu_0, mu_1, ln var_0, ln var_1, logit p_00, logit p_11] */
export type RegimePoint = Float64Array;

/** One step of expectation and maximisation over fixed returns, with its working memory.
 *  source: Hamilton, Analysis of time series subject to changes in regime (1990); smoothing as Kim (1994) */
export class RegimeLikelihood {
  readonly #returns: Float64Array;
  readonly #varianceFloor: number;
  /** P(calm | returns up to t), t = 0 .. n-1. */
  readonly #filtered: Float64Array;
  /** P(calm | returns before t). */
  readonly #predicted: Float64Array;

  /** @param returns centred and scaled to unit deviation
   *  @param varianceFloor no state's variance sinks below it, however equal the returns that it explains */
  constructor(returns: Float64Array, varianceFloor: number) {
    this.#returns = returns;
    this.#varianceFloor = varianceFloor;
    this.#filtered = new Float64Array(returns.length);
    this.#predicted = new Float64Array(returns.length);
  }

  /** Writes the next point.
   *  @returns ln likelihood at `from` */
  improve(from: RegimePoint, to: RegimePoint): number {
    const logLikelihood = this.#filter(from);
    this.#maximise(from, to);
    return logLikelihood;
  }

  #filter(point: RegimePoint): number {
    const returns = this.#returns;
    const [calmMean, wildMean, calmLog, wildLog] = point as unknown as [number, number, number, number];
    const stayCalm = logistic(point[4]!);
    const leaveCalm = logistic(-point[4]!);
    const leaveWild = logistic(-point[5]!);
    const calmPrecision = Math.exp(-calmLog);
    const wildPrecision = Math.exp(-wildLog);

    // Started from the stationary distribution, which one more transition leaves as it is.
    let calm = leaveWild / (leaveCalm + leaveWild);
    let logLikelihood = 0;
    for (let t = 0; t < returns.length; t++) {
      const calmBefore = stayCalm * calm + leaveWild * (1 - calm);
      const fromCalm = returns[t]! - calmMean;
      const fromWild = returns[t]! - wildMean;
      const calmDensity = -0.5 * (calmLog + fromCalm * fromCalm * calmPrecision);
      const wildDensity = -0.5 * (wildLog + fromWild * fromWild * wildPrecision);
      // Only the ratio is exponentiated, the larger one scaled to 1: nothing can become 0 / 0.
      const larger = Math.max(calmDensity, wildDensity);
      const calmWeight = calmBefore * Math.exp(calmDensity - larger);
      const total = calmWeight + (1 - calmBefore) * Math.exp(wildDensity - larger);
      calm = calmWeight / total;
      logLikelihood += larger + Math.log(total);
      this.#predicted[t] = calmBefore;
      this.#filtered[t] = calm;
    }
    return logLikelihood - 0.5 * Math.log(2 * Math.PI) * returns.length;
  }

  /** Smooths backwards and gathers what the maximum needs, in the same sweep. */
  #maximise(from: RegimePoint, to: RegimePoint): void {
    const returns = this.#returns;
    const last = returns.length - 1;
    const stayCalm = logistic(from[4]!);
    const stayWild = logistic(from[5]!);
    let smoothed = this.#filtered[last]!;
    let [calmCount, calmSum, calmSquares] = [0, 0, 0];
    let [wildCount, wildSum, wildSquares] = [0, 0, 0];
    let [calmStays, calmLeaves, wildStays, wildLeaves] = [0, 0, 0, 0];

    for (let t = last; t >= 0; t--) {
      if (t < last) {
        const calm = this.#filtered[t]!;
        const calmNext = smoothed / this.#predicted[t + 1]!;
        const wildNext = (1 - smoothed) / (1 - this.#predicted[t + 1]!);
        const calmToCalm = calm * stayCalm * calmNext;
        const calmToWild = calm * (1 - stayCalm) * wildNext;
        calmStays += calmToCalm;
        calmLeaves += calmToWild;
        wildLeaves += (1 - calm) * (1 - stayWild) * calmNext;
        wildStays += (1 - calm) * stayWild * wildNext;
        smoothed = Math.min(1, calmToCalm + calmToWild);
      }
      const value = returns[t]!;
      calmCount += smoothed;
      calmSum += smoothed * value;
      calmSquares += smoothed * value * value;
      wildCount += 1 - smoothed;
      wildSum += (1 - smoothed) * value;
      wildSquares += (1 - smoothed) * value * value;
    }

    const calmMean = calmSum / calmCount;
    const wildMean = wildSum / wildCount;
    to[0] = calmMean;
    to[1] = wildMean;
    to[2] = Math.log(Math.max(this.#varianceFloor, calmSquares / calmCount - calmMean * calmMean));
    to[3] = Math.log(Math.max(this.#varianceFloor, wildSquares / wildCount - wildMean * wildMean));
    // What the sweep ends with is the first candle's state, which the stationary distribution explains.
    maximiseTransitions({calmStays, calmLeaves, wildStays, wildLeaves, calmFirst: smoothed}, to);
  }
}

/** Expected number of each transition, and P(calm) at the first return. */
interface Transitions {
  readonly calmStays: number;
  readonly calmLeaves: number;
  readonly wildStays: number;
  readonly wildLeaves: number;
  readonly calmFirst: number;
}

/** Chances to stay that explain the transitions AND a first state drawn from the stationary distribution that they
 *  imply: with a = P(leave calm), b = P(leave volatile) that is b / (a + b), so the two conditions are coupled.
 *  The coupling is one candle among all, and a few rounds settle it. */
function maximiseTransitions(seen: Transitions, to: RegimePoint): void {
  let calmLeaves = seen.calmLeaves;
  let wildLeaves = seen.wildLeaves;
  for (let round = 0; round < 30; round++) {
    const leaveCalm = calmLeaves / (calmLeaves + seen.calmStays);
    const leaveWild = wildLeaves / (wildLeaves + seen.wildStays);
    const calmShare = leaveWild / (leaveCalm + leaveWild);
    calmLeaves = Math.max(seen.calmLeaves + (1 - seen.calmFirst) - (1 - calmShare), 1e-9);
    wildLeaves = Math.max(seen.wildLeaves + seen.calmFirst - calmShare, 1e-9);
  }
  to[4] = boundedLogit(seen.calmStays, calmLeaves);
  to[5] = boundedLogit(seen.wildStays, wildLeaves);
}

/** A state that is never left, or never stayed in, is kept this far from certainty. */
const EXTREME_LOGIT = 14;

/** 1 / (1 + e^-x). */
export function logistic(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

function boundedLogit(yes: number, no: number): number {
  return Math.min(EXTREME_LOGIT, Math.max(-EXTREME_LOGIT, Math.log(yes / no)));
}
