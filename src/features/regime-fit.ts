import type {Candle} from '../domain/candle.js';
import {DlTradeError} from '../domain/errors.js';
import type {RegimeParameters} from '../domain/feature-schema.js';
import {logistic, RegimeLikelihood, type RegimePoint} from './regime-likelihood.js';

/** Fewer returns cannot tell two states apart. */
const FEWEST_RETURNS = 100;

/** How long and how exactly a fit searches. */
export interface RegimeFitOptions {
  /** Steps of expectation and maximisation per start; 3000. */
  readonly maxIterations?: number;
  /** Gain in ln likelihood per step and thousand returns below which a search has arrived; 1e-8. */
  readonly tolerance?: number;
}

/** The regime parameters that explain some returns best, and how well. */
export interface RegimeFit {
  readonly parameters: RegimeParameters;
  /** ln likelihood of the returns. */
  readonly logLikelihood: number;
  /** False where the steps ran out before the gain sank below the tolerance. */
  readonly converged: boolean;
  /** Steps that the best start took after a first round that chose it. */
  readonly iterations: number;
  /** Returns that were fitted. */
  readonly returns: number;
  /** Returns left out, as those over a gap are: a hundred times the usual move is a redenomination or broken data,
   *  and one of them would become a state of its own. */
  readonly leftOut: number;
  /** True where the calm state's variance was held at the floor: it explains returns that are all but equal, such
   *  as those of a market that mostly stands still. */
  readonly atVarianceFloor: boolean;
}

/** Returns c / c[-1] - 1 of a history, those over a gap left out: what the filter of a live stream sees. */
export function returnsOf(candles: readonly Candle[]): Float64Array {
  const returns = new Float64Array(Math.max(0, candles.length - 1));
  let n = 0;
  for (let i = 1; i < candles.length; i++) {
    if (candles[i]!.afterGap !== true) returns[n++] = candles[i]!.close / candles[i - 1]!.close - 1;
  }
  return returns.slice(0, n);
}

/** Fits the two-state Markov-switching model of volatility by maximum likelihood: EM from several fixed starts,
 *  accelerated by squared extrapolation. The same returns always give the same parameters.
 *  @param returns c / c[-1] - 1 of TRAINING candles only, finite, in time order
 *  @throws REGIME_FIT_FAILED where there are too few returns, a non-finite one, no variance, or no second state
 *  source: Hamilton (1990); Varadhan and Roland, Simple and globally convergent methods for accelerating the
 *  convergence of any EM algorithm (2008), scheme S3 */
export function fitRegime(returns: Float64Array, options: RegimeFitOptions = {}): RegimeFit {
  requireReturns(returns);
  const usual = usualMove(returns);
  const kept = returns.filter((value) => Math.abs(value) <= LARGEST_MOVE * usual);
  const scale = requireScale(kept, usual);
  const scaled = kept.map((value) => (value - scale.mean) / scale.deviation);
  const likelihood = new RegimeLikelihood(scaled, scale.varianceFloor);
  const maxIterations = options.maxIterations ?? 3000;
  const leastGain = ((options.tolerance ?? 1e-8) * kept.length) / 1000;

  const tried = startsFor(scaled)
    .map((start) =>
      search(likelihood, start, {maxIterations: Math.min(SCOUTING_STEPS, maxIterations), leastGain}),
    )
    .filter(isSound)
    .sort((a, b) => b.logLikelihood - a.logLikelihood);
  const best = tried
    .slice(0, 2)
    .map((scouted) => search(likelihood, scouted.point, {maxIterations, leastGain}))
    .filter(isSound)
    .sort((a, b) => b.logLikelihood - a.logLikelihood)[0];
  if (best === undefined) {
    throw failed('every start lost one of its two states', {returns: returns.length});
  }
  const parameters = parametersAt(best.point, scale);
  // Variances that differ by rounding alone would make a regime of noise.
  if (!(parameters.variance[0] * (1 + 1e-6) < parameters.variance[1])) {
    throw failed(`both states have variance "${parameters.variance[0]}"`, {returns: returns.length});
  }
  return {
    parameters,
    logLikelihood: best.logLikelihood - kept.length * Math.log(scale.deviation),
    converged: best.converged,
    iterations: best.iterations,
    returns: kept.length,
    leftOut: returns.length - kept.length,
    atVarianceFloor: Math.exp(Math.min(best.point[2]!, best.point[3]!)) <= scale.varianceFloor * 1.000001,
  };
}

/** Steps after which a start shows whether it is worth going on. */
const SCOUTING_STEPS = 40;

/** Of the usual move. */
const LARGEST_MOVE = 100;

interface Scale {
  readonly mean: number;
  readonly deviation: number;
  /** In units of the deviation squared. */
  readonly varianceFloor: number;
}

/** @throws REGIME_FIT_FAILED */
function requireReturns(returns: Float64Array): void {
  if (returns.length < FEWEST_RETURNS) {
    throw failed(`number of returns was "${returns.length}", want at least ${FEWEST_RETURNS}`, {
      returns: returns.length,
    });
  }
  const broken = returns.findIndex((value) => !Number.isFinite(value));
  if (broken >= 0) {
    throw failed(`return ${broken} was "${returns[broken]!}", want a finite number`, {index: broken});
  }
}

/** Mean absolute return, the largest hundredth aside unless nothing else moves. */
function usualMove(returns: Float64Array): number {
  const sizes = returns.map((value) => Math.abs(value)).sort();
  const mean = (count: number) => sizes.subarray(0, count).reduce((sum, value) => sum + value / count, 0);
  const trimmed = mean(Math.floor(0.99 * sizes.length));
  return trimmed > 0 ? trimmed : mean(sizes.length);
}

/** @throws REGIME_FIT_FAILED */
function requireScale(returns: Float64Array, usual: number): Scale {
  const mean = returns.reduce((sum, value) => sum + value, 0) / returns.length;
  const variance = returns.reduce((sum, value) => sum + (value - mean) ** 2, 0) / returns.length;
  if (!(returns.some((value) => value !== returns[0]) && variance > 1e-40 && Number.isFinite(variance))) {
    throw failed(`variance of the returns was "${variance}", want prices that move`, {variance});
  }
  return {mean, deviation: Math.sqrt(variance), varianceFloor: (1e-4 * usual * usual) / variance};
}

/** Points that split the returns into calm and volatile ones at several shares, with quick and with slow changes. */
function startsFor(scaled: Float64Array): RegimePoint[] {
  const sizes = scaled.map((value) => value * value).sort();
  const meanSquare = (from: number, to: number) =>
    sizes.subarray(from, to).reduce((sum, value) => sum + value, 0) / (to - from);
  const starts: RegimePoint[] = [];
  for (const calmShare of [0.5, 0.75, 0.9, 0.98]) {
    const border = Math.floor(calmShare * sizes.length);
    const calm = Math.log(Math.max(meanSquare(0, border), 1e-12));
    const wild = Math.log(Math.max(meanSquare(border, sizes.length), 1e-12));
    for (const logit of [1, 3.5]) starts.push(Float64Array.of(0, 0, calm, wild, logit + 1, logit));
  }
  return starts;
}

interface SearchResult {
  readonly point: RegimePoint;
  readonly logLikelihood: number;
  readonly converged: boolean;
  readonly iterations: number;
}

/** EM, with a leap along its own direction after every second step wherever the leap does not lose likelihood. */
function search(
  likelihood: RegimeLikelihood,
  start: RegimePoint,
  limits: {readonly maxIterations: number; readonly leastGain: number},
): SearchResult {
  let point: RegimePoint = start.slice();
  const once: RegimePoint = new Float64Array(6);
  const twice: RegimePoint = new Float64Array(6);
  const landed: RegimePoint = new Float64Array(6);
  let iterations = 0;
  for (;;) {
    const before = likelihood.improve(point, once);
    const after = likelihood.improve(once, twice);
    iterations += 2;
    const converged = after - before < limits.leastGain;
    // Not `iterations >= max`: a likelihood of NaN must end the search as well.
    if (converged || !(after > Number.NEGATIVE_INFINITY && iterations < limits.maxIterations)) {
      return {point: once, logLikelihood: after, converged, iterations};
    }
    const leap = extrapolate(point, once, twice);
    const leapt = likelihood.improve(leap, landed);
    iterations += 1;
    point = (leapt >= after ? landed : twice).slice();
  }
}

function extrapolate(point: RegimePoint, once: RegimePoint, twice: RegimePoint): RegimePoint {
  const step = once.map((value, i) => value - point[i]!);
  const bend = twice.map((value, i) => value - once[i]! - step[i]!);
  const bendLength = Math.hypot(...bend);
  const stretch = bendLength === 0 ? 1 : Math.max(1, Math.hypot(...step) / bendLength);
  return point.map((value, i) => value + 2 * stretch * step[i]! + stretch * stretch * bend[i]!);
}

function isSound({point, logLikelihood}: SearchResult): boolean {
  return Number.isFinite(logLikelihood) && point.every((value) => Number.isFinite(value));
}

function parametersAt(point: RegimePoint, scale: Scale): RegimeParameters {
  const state = (i: 0 | 1) => ({
    mean: point[i]! * scale.deviation + scale.mean,
    variance: Math.exp(point[i + 2]!) * scale.deviation * scale.deviation,
    stay: logistic(point[i + 4]!),
  });
  const [calm, wild] = point[2]! <= point[3]! ? [state(0), state(1)] : [state(1), state(0)];
  return {
    mean: [calm.mean, wild.mean],
    variance: [calm.variance, wild.variance],
    stay: [calm.stay, wild.stay],
  };
}

function failed(reason: string, details: Readonly<Record<string, unknown>>): DlTradeError {
  return new DlTradeError(
    'REGIME_FIT_FAILED',
    `volatility regime: ${reason}; train on a longer or livelier history`,
    {details},
  );
}
