/** Probabilities of "the close is higher a horizon later" beside what happened. */
export interface Outcomes {
  /** shape [N], in [0, 1]. */
  readonly probabilities: Float64Array;
  /** shape [N]; 1 or 0. */
  readonly labels: Uint8Array;
}

/** Counts of predicted against actual; predicted is 1 where the probability is above one half. */
export interface ConfusionMatrix {
  readonly truePositive: number;
  readonly falsePositive: number;
  readonly trueNegative: number;
  readonly falseNegative: number;
}

/** One bin of the calibration table: what was said beside what came. */
export interface CalibrationBin {
  /** The bin holds probabilities in [from, to); the last one holds 1 as well. */
  readonly from: number;
  readonly to: number;
  readonly samples: number;
  /** Mean probability; null in an empty bin. */
  readonly forecast: number | null;
  /** Share of labels that are 1; null in an empty bin. */
  readonly observed: number | null;
}

/** What a set of forecasts is worth, before any cost of trading. */
export interface ClassificationMetrics {
  readonly samples: number;
  /** Share of the more frequent label: what always saying it would score. */
  readonly baseRate: number;
  /** Share of labels that are 1. */
  readonly positiveRate: number;
  readonly accuracy: number;
  /** TP / (TP + FP); null where nothing was predicted to rise. */
  readonly precision: number | null;
  /** TP / (TP + FN); null where nothing rose. */
  readonly recall: number | null;
  /** 2 TP / (2 TP + FP + FN); null where nothing rose and nothing was predicted to. */
  readonly f1: number | null;
  /** Matthews' correlation in [-1, 1]; 0 where a row or column of the matrix is empty. */
  readonly mcc: number;
  /** Mean of -ln of the probability that was given to what happened; always saying one half scores ln 2 = 0.6931. */
  readonly logLoss: number;
  /** Mean squared distance of probability and label; always saying one half scores 0.25. */
  readonly brierScore: number;
  /** Sample-weighted mean of |forecast - observed| over the bins. */
  readonly expectedCalibrationError: number;
  readonly confusion: ConfusionMatrix;
  readonly calibration: readonly CalibrationBin[];
}

const BINS = 10;
/** A probability that says never (or always) and is wrong costs this much, not infinity; as sklearn clips float64. */
const SMALLEST = 2 ** -52;

/** Scores forecasts. A probability of exactly one half predicts 0: "higher" was not said.
 *  @throws RangeError where there are none, or the two differ in length
 *  source: definitions as in scikit-learn 1.x (`accuracy_score`, `matthews_corrcoef`, `log_loss`, `brier_score_loss`); expected
 *  calibration error: Naeini et al., Obtaining Well Calibrated Probabilities (2015) */
export function classificationMetrics({probabilities, labels}: Outcomes): ClassificationMetrics {
  const samples = labels.length;
  if (samples === 0 || probabilities.length !== samples) {
    throw new RangeError(`outcomes were "${probabilities.length}" and "${samples}", want as many of both`);
  }
  let [truePositive, falsePositive, trueNegative, falseNegative] = [0, 0, 0, 0];
  let squares = 0;
  for (let i = 0; i < samples; i++) {
    const [p, rose] = [probabilities[i]!, labels[i] === 1];
    if (p > 0.5 && rose) truePositive += 1;
    else if (p > 0.5) falsePositive += 1;
    else if (rose) falseNegative += 1;
    else trueNegative += 1;
    squares += (p - labels[i]!) ** 2;
  }
  const confusion = {truePositive, falsePositive, trueNegative, falseNegative};
  const positive = truePositive + falseNegative;
  const calibration = calibrationBins({probabilities, labels});
  return {
    samples,
    baseRate: Math.max(positive, samples - positive) / samples,
    positiveRate: positive / samples,
    accuracy: (truePositive + trueNegative) / samples,
    ...confusionScores(confusion),
    logLoss: logLosses({probabilities, labels}).reduce((sum, loss) => sum + loss, 0) / samples,
    brierScore: squares / samples,
    expectedCalibrationError: calibration.reduce(
      (sum, bin) => sum + (bin.samples / samples) * Math.abs((bin.forecast ?? 0) - (bin.observed ?? 0)),
      0,
    ),
    confusion,
    calibration,
  };
}

/** Which forecasts were right. @returns shape [N]; 1 or 0 */
export function correctness({probabilities, labels}: Outcomes): Uint8Array {
  return labels.map((label, i) => (probabilities[i]! > 0.5 === (label === 1) ? 1 : 0));
}

/** The scores that follow from a confusion matrix alone. */
export function confusionScores(
  confusion: ConfusionMatrix,
): Pick<ClassificationMetrics, 'precision' | 'recall' | 'f1' | 'mcc'> {
  const {truePositive, falsePositive, falseNegative} = confusion;
  return {
    precision: share(truePositive, truePositive + falsePositive),
    recall: share(truePositive, truePositive + falseNegative),
    f1: share(2 * truePositive, 2 * truePositive + falsePositive + falseNegative),
    mcc: matthews(confusion),
  };
}

/** What each forecast cost: -ln of the probability that was given to what happened. @returns shape [N] */
export function logLosses({probabilities, labels}: Outcomes): Float64Array {
  return probabilities.map((p, i) => -Math.log(Math.max(labels[i] === 1 ? p : 1 - p, SMALLEST)));
}

function calibrationBins({probabilities, labels}: Outcomes): CalibrationBin[] {
  const bins = Array.from({length: BINS}, () => ({samples: 0, sum: 0, rose: 0}));
  for (let i = 0; i < labels.length; i++) {
    const bin = bins[Math.min(BINS - 1, Math.floor(probabilities[i]! * BINS))]!;
    bin.samples += 1;
    bin.sum += probabilities[i]!;
    bin.rose += labels[i]!;
  }
  return bins.map(({samples, sum, rose}, i) => ({
    from: i / BINS,
    to: (i + 1) / BINS,
    samples,
    forecast: share(sum, samples),
    observed: share(rose, samples),
  }));
}

function matthews({truePositive, falsePositive, trueNegative, falseNegative}: ConfusionMatrix): number {
  const product =
    (truePositive + falsePositive)
    * (truePositive + falseNegative)
    * (trueNegative + falsePositive)
    * (trueNegative + falseNegative);
  return product === 0
    ? 0
    : (truePositive * trueNegative - falsePositive * falseNegative) / Math.sqrt(product);
}

function share(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}
