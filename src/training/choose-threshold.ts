/** Share of the validation forecasts that a decision threshold lets through. */
const DECIDED_SHARE = 0.1;

/** The decision threshold that the most decided tenth of some forecasts crosses, rounded down to four digits. Chosen on
 *  validation forecasts; it is no optimum of profit, only a rate of trading.
 *  @returns in [0.5, 1) */
export function chooseThreshold(probabilities: Float64Array): number {
  const confidences = probabilities.map((p) => Math.max(p, 1 - p)).sort();
  const quantile = confidences[Math.floor((1 - DECIDED_SHARE) * (confidences.length - 1))]!;
  return Math.min(0.9999, Math.max(0.5, Math.floor(quantile * 1e4) / 1e4));
}
