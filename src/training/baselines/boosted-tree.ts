import {MAX_BINS} from './feature-bins.js';

/** One sum a bin: gradient, curvature, count. */
const CELL = 3;
const STRIDE = (MAX_BINS + 1) * CELL;
const MIN_CURVATURE = 1e-3;

export interface TreeOptions {
  readonly maxLeaves: number;
  readonly minSamplesPerLeaf: number;
}

/** What a tree is grown on. */
export interface TreeData {
  /** Bin numbers, shape [F, N]. */
  readonly codes: Uint8Array;
  readonly features: number;
  /** First and second derivatives of the loss by the score, shape [N]. */
  readonly gradients: Float64Array;
  readonly curvatures: Float64Array;
}

interface Split {
  readonly feature: number;
  /** Bins up to this one go left. */
  readonly bin: number;
  readonly gain: number;
}

/** A node: a leaf until it is split. */
export interface TreeNode {
  /** What a leaf adds to the score. */
  value: number;
  split?: {readonly feature: number; readonly bin: number; readonly left: TreeNode; readonly right: TreeNode};
}

interface Leaf {
  readonly node: TreeNode;
  readonly samples: Int32Array;
  readonly histogram: Float64Array;
  readonly best: Split | undefined;
}

/** Grows one regression tree on gradients, the leaf of the largest gain first.
 *  source: Friedman, Greedy Function Approximation (2001); histograms and leaf-wise growth: Ke et al., LightGBM (2017) */
export function growTree(data: TreeData, options: TreeOptions): TreeNode {
  const root = leafOf(data, options, {
    node: {value: 0},
    samples: Int32Array.from({length: data.gradients.length}, (_, i) => i),
  });
  const leaves = [root];
  while (leaves.length < options.maxLeaves) {
    const at = indexOfBest(leaves);
    if (at < 0) break;
    leaves.splice(at, 1, ...divide(data, options, leaves[at]!));
  }
  return root.node;
}

/** @param codes shape [F, N] */
export function treeValue(tree: TreeNode, codes: Uint8Array, sample: number, samples: number): number {
  let node = tree;
  while (node.split !== undefined) {
    const {feature, bin, left, right} = node.split;
    node = codes[feature * samples + sample]! <= bin ? left : right;
  }
  return node.value;
}

function indexOfBest(leaves: readonly Leaf[]): number {
  let [best, gain] = [-1, 0];
  for (const [i, leaf] of leaves.entries()) {
    if (leaf.best === undefined || leaf.best.gain <= gain) continue;
    [best, gain] = [i, leaf.best.gain];
  }
  return best;
}

function divide(data: TreeData, options: TreeOptions, {node, samples, histogram, best}: Leaf): [Leaf, Leaf] {
  const {feature, bin} = best!;
  const total = data.gradients.length;
  const goesLeft = (sample: number): boolean => data.codes[feature * total + sample]! <= bin;
  const parts = {
    left: samples.filter(goesLeft),
    right: samples.filter((sample) => !goesLeft(sample)),
  };
  node.split = {feature, bin, left: {value: 0}, right: {value: 0}};
  const {left, right} = node.split;
  // Only the smaller part is counted; the other one is what remains.
  if (parts.left.length <= parts.right.length) {
    const small = leafOf(data, options, {node: left, samples: parts.left});
    return [
      small,
      leafOf(data, options, {node: right, samples: parts.right, rest: [histogram, small.histogram]}),
    ];
  }
  const small = leafOf(data, options, {node: right, samples: parts.right});
  return [
    leafOf(data, options, {node: left, samples: parts.left, rest: [histogram, small.histogram]}),
    small,
  ];
}

function leafOf(
  data: TreeData,
  options: TreeOptions,
  part: {node: TreeNode; samples: Int32Array; rest?: readonly [Float64Array, Float64Array]},
): Leaf {
  const {node, samples, rest} = part;
  const histogram = rest === undefined ? count(data, samples) : rest[0].map((sum, i) => sum - rest[1][i]!);
  let [gradient, curvature] = [0, 0];
  for (let at = 0; at < STRIDE; at += CELL) {
    gradient += histogram[at]!;
    curvature += histogram[at + 1]!;
  }
  node.value = -gradient / Math.max(curvature, MIN_CURVATURE);
  return {node, samples, histogram, best: bestSplit(histogram, {gradient, curvature, samples}, options)};
}

function count({codes, features, gradients, curvatures}: TreeData, samples: Int32Array): Float64Array {
  const total = gradients.length;
  const histogram = new Float64Array(features * STRIDE);
  for (let feature = 0; feature < features; feature++) {
    const base = feature * STRIDE;
    const column = feature * total;
    for (const sample of samples) {
      const at = base + codes[column + sample]! * CELL;
      histogram[at]! += gradients[sample]!;
      histogram[at + 1]! += curvatures[sample]!;
      histogram[at + 2]! += 1;
    }
  }
  return histogram;
}

function bestSplit(
  histogram: Float64Array,
  whole: {gradient: number; curvature: number; samples: Int32Array},
  {minSamplesPerLeaf}: TreeOptions,
): Split | undefined {
  const {gradient, curvature} = whole;
  const total = whole.samples.length;
  const unsplit = (gradient * gradient) / curvature;
  let best: Split | undefined;
  for (let base = 0; base < histogram.length; base += STRIDE) {
    let [leftGradient, leftCurvature, left] = [0, 0, 0];
    for (let bin = 0; bin < MAX_BINS; bin++) {
      const at = base + bin * CELL;
      leftGradient += histogram[at]!;
      leftCurvature += histogram[at + 1]!;
      left += histogram[at + 2]!;
      if (left < minSamplesPerLeaf) continue;
      if (total - left < minSamplesPerLeaf) break;
      const rightCurvature = curvature - leftCurvature;
      if (leftCurvature < MIN_CURVATURE || rightCurvature < MIN_CURVATURE) continue;
      const rightGradient = gradient - leftGradient;
      const gain =
        (leftGradient * leftGradient) / leftCurvature
        + (rightGradient * rightGradient) / rightCurvature
        - unsplit;
      if (gain > (best?.gain ?? 0)) best = {feature: base / STRIDE, bin, gain};
    }
  }
  return best;
}
