import {sigmoid} from '../../model/sigmoid.js';
import type {TimeSeriesDataset} from '../time-series-dataset.js';
import type {Baseline} from './baseline.js';
import {solvePositiveDefinite} from './solve-positive-definite.js';

export interface LogisticRegressionOptions {
  /** Inverse strength of the ridge penalty, > 0; 1 unless said otherwise, as in scikit-learn. */
  readonly c?: number;
}

const MAX_STEPS = 50;
/** A Newton step that moves no weight further than this is the last one. */
const TOLERANCE = 1e-8;
/** Close to the minimum the objective changes by less than its own sum rounds. */
const ROUNDING = 1e-13;

/** Logistic regression on a sample's last row: minimises |w|^2 / 2 + C sum(log loss), the intercept free, by Newton's method.
 *  source: Hastie, Tibshirani and Friedman, The Elements of Statistical Learning (2009), 4.4.1; objective as scikit-learn's
 *  `LogisticRegression(C=1)` */
export class LogisticRegression implements Baseline {
  readonly name = 'logistic regression';
  /** shape [F + 1]; the intercept is the last. */
  readonly weights: Float64Array;

  private constructor(weights: Float64Array) {
    this.weights = weights;
  }

  /** Fits on training samples alone; the objective is convex, so nothing is drawn and nothing is seeded. */
  static fit(dataset: TimeSeriesDataset, {c = 1}: LogisticRegressionOptions = {}): LogisticRegression {
    const model = new LogisticRegression(new Float64Array(dataset.shape.size + 1));
    let loss = model.#objective(dataset, c);
    for (let step = 0; step < MAX_STEPS; step++) {
      const direction = model.#newtonDirection(dataset, c);
      const before = model.weights.slice();
      let [share, next] = [1, Infinity];
      // Far from the minimum a whole step may overshoot.
      for (; share > 1e-6; share /= 2) {
        for (let i = 0; i < before.length; i++) model.weights[i] = before[i]! - share * direction[i]!;
        next = model.#objective(dataset, c);
        if (next <= loss + ROUNDING * loss) break;
      }
      if (!(next <= loss + ROUNDING * loss)) model.weights.set(before);
      loss = Math.min(loss, next);
      if (direction.every((change) => Math.abs(share * change) < TOLERANCE) || share <= 1e-6) break;
    }
    return model;
  }

  probabilities(dataset: TimeSeriesDataset): Float64Array {
    return Float64Array.from({length: dataset.length}, (_, sample) =>
      sigmoid(this.#score(dataset.lastRow(sample))),
    );
  }

  #score(row: Float32Array): number {
    let score = this.weights[row.length]!;
    for (let i = 0; i < row.length; i++) score += this.weights[i]! * row[i]!;
    return score;
  }

  #objective(dataset: TimeSeriesDataset, c: number): number {
    let loss = 0;
    for (let sample = 0; sample < dataset.length; sample++) {
      const score = this.#score(dataset.lastRow(sample));
      // ln(1 + e^x) - y x, without an overflow.
      loss +=
        Math.max(score, 0)
        + Math.log1p(Math.exp(-Math.abs(score)))
        - (dataset.label(sample) === 1 ? score : 0);
    }
    const penalty = this.weights.subarray(0, -1).reduce((sum, weight) => sum + weight * weight, 0) / 2;
    return penalty + c * loss;
  }

  /** The gradient times the inverse of the curvature. */
  #newtonDirection(dataset: TimeSeriesDataset, c: number): Float64Array {
    const size = dataset.shape.size;
    const order = size + 1;
    const gradient = new Float64Array(order);
    const curvature = new Float64Array(order * order); // [F + 1, F + 1], its lower half
    const row = new Float64Array(order).fill(1, size);
    for (let sample = 0; sample < dataset.length; sample++) {
      row.set(dataset.lastRow(sample));
      const p = sigmoid(this.#score(dataset.lastRow(sample)));
      const slope = c * (p - dataset.label(sample));
      const weight = c * p * (1 - p);
      for (let i = 0; i < order; i++) {
        gradient[i]! += slope * row[i]!;
        const scaled = weight * row[i]!;
        if (scaled === 0) continue;
        for (let j = 0, at = i * order; j <= i; j++, at++) curvature[at]! += scaled * row[j]!;
      }
    }
    for (let i = 0; i < size; i++) {
      gradient[i]! += this.weights[i]!;
      curvature[i * order + i]! += 1;
    }
    // Where every probability is 0 or 1 the intercept has no curvature left.
    curvature[order * order - 1]! += 1e-12;
    return solvePositiveDefinite(curvature, gradient);
  }
}
