import {sigmoid} from '../../model/sigmoid.js';
import type {TimeSeriesDataset} from '../time-series-dataset.js';
import type {Baseline} from './baseline.js';
import {growTree, treeValue} from './boosted-tree.js';
import type {TreeNode} from './boosted-tree.js';
import {FeatureBins} from './feature-bins.js';

export interface GradientBoostingOptions {
  /** Trees at most; 100 unless said otherwise. */
  readonly rounds?: number;
  /** 0.1 unless said otherwise. */
  readonly learningRate?: number;
  /** 31 unless said otherwise. */
  readonly maxLeaves?: number;
  /** 20 unless said otherwise. */
  readonly minSamplesPerLeaf?: number;
  /** Rounds without a better validation loss after which it stops; 10 unless said otherwise. */
  readonly patience?: number;
}

/** From many leaves, as scikit-learn has them by default, to few: price candles hold so little signal that the small trees
 *  serve them better, and a baseline that overfits would flatter what stands beside it. */
const SHAPES: readonly GradientBoostingOptions[] = [
  {},
  {rounds: 200, learningRate: 0.05, maxLeaves: 15, minSamplesPerLeaf: 200},
  {rounds: 200, learningRate: 0.05, maxLeaves: 4, minSamplesPerLeaf: 100},
];

/** Gradient boosting over histograms, on a sample's last row; as many trees as served the validation samples best.
 *  No package that fits one is kept on npm; defaults and results are those of scikit-learn's
 *  `HistGradientBoostingClassifier`, against which it is tested. */
export class GradientBoosting implements Baseline {
  readonly name = 'gradient boosting';
  readonly #bins: FeatureBins;
  readonly #start: number;
  readonly #trees: readonly TreeNode[];
  readonly #learningRate: number;

  private constructor(bins: FeatureBins, start: number, trees: readonly TreeNode[], learningRate: number) {
    this.#bins = bins;
    this.#start = start;
    this.#trees = trees;
    this.#learningRate = learningRate;
  }

  /** Trees of the fitted model. */
  get rounds(): number {
    return this.#trees.length;
  }

  /** Fits a tree a step, so that a caller can stop or let others run between two of them.
   *  @param validation chooses the number of trees; none: all rounds */
  static *fitting(
    train: TimeSeriesDataset,
    validation: TimeSeriesDataset | undefined,
    options: GradientBoostingOptions = {},
  ): Generator<number, GradientBoosting, undefined> {
    const {rounds = 100, learningRate = 0.1, maxLeaves = 31, minSamplesPerLeaf = 20, patience = 10} = options;
    const bins = new FeatureBins(train);
    const codes = bins.codes(train);
    const held = validation === undefined ? undefined : {codes: bins.codes(validation), dataset: validation};
    const start = Math.log(train.positiveRate / (1 - train.positiveRate));
    const scores = new Float64Array(train.length).fill(start);
    const heldScores = new Float64Array(validation?.length ?? 0).fill(start);
    const trees: TreeNode[] = [];
    let best = {loss: held === undefined ? Infinity : logLoss(heldScores, held.dataset), trees: 0};

    for (let round = 1; round <= rounds; round++) {
      const tree = growTree(
        {codes, features: bins.size, ...derivatives(scores, train)},
        {maxLeaves, minSamplesPerLeaf},
      );
      trees.push(tree);
      addTree(tree, codes, scores, learningRate);
      if (held !== undefined) {
        addTree(tree, held.codes, heldScores, learningRate);
        const loss = logLoss(heldScores, held.dataset);
        if (loss < best.loss) best = {loss, trees: round};
        else if (round - best.trees >= patience) break;
      }
      yield round;
    }
    return new GradientBoosting(
      bins,
      start,
      held === undefined ? trees : trees.slice(0, best.trees),
      learningRate,
    );
  }

  /** Fits several shapes of trees, and gives the one of the lowest validation loss; a tree a step, as `fitting`. */
  static *selecting(
    train: TimeSeriesDataset,
    validation: TimeSeriesDataset,
  ): Generator<number, GradientBoosting, undefined> {
    let best: {model: GradientBoosting; loss: number} | undefined;
    for (const shape of SHAPES) {
      const model = yield* GradientBoosting.fitting(train, validation, shape);
      const loss = logLoss(model.#scores(validation), validation);
      if (best === undefined || loss < best.loss) best = {model, loss};
    }
    return best!.model;
  }

  /** All steps of `fitting` at once. */
  static fit(...parameters: Parameters<typeof GradientBoosting.fitting>): GradientBoosting {
    const steps = GradientBoosting.fitting(...parameters);
    for (;;) {
      const step = steps.next();
      if (step.done === true) return step.value;
    }
  }

  probabilities(dataset: TimeSeriesDataset): Float64Array {
    return this.#scores(dataset).map(sigmoid);
  }

  #scores(dataset: TimeSeriesDataset): Float64Array {
    const codes = this.#bins.codes(dataset);
    const scores = new Float64Array(dataset.length).fill(this.#start);
    for (const tree of this.#trees) addTree(tree, codes, scores, this.#learningRate);
    return scores;
  }
}

function addTree(tree: TreeNode, codes: Uint8Array, scores: Float64Array, learningRate: number): void {
  for (let sample = 0; sample < scores.length; sample++) {
    scores[sample]! += learningRate * treeValue(tree, codes, sample, scores.length);
  }
}

/** Of the log loss by the score. */
function derivatives(
  scores: Float64Array,
  dataset: TimeSeriesDataset,
): {gradients: Float64Array; curvatures: Float64Array} {
  const gradients = scores.map((score, sample) => sigmoid(score) - dataset.label(sample));
  return {gradients, curvatures: scores.map((score) => sigmoid(score) * (1 - sigmoid(score)))};
}

function logLoss(scores: Float64Array, dataset: TimeSeriesDataset): number {
  let loss = 0;
  for (let sample = 0; sample < scores.length; sample++) {
    const score = scores[sample]!;
    loss += Math.max(score, 0) + Math.log1p(Math.exp(-Math.abs(score))) - score * dataset.label(sample);
  }
  return loss / scores.length;
}
