import type {TimeSeriesDataset} from '../time-series-dataset.js';

export const MAX_BINS = 255;

/** Cuts the values of every feature into at most 255 bins, learnt from training rows: trees look at bin numbers alone.
 *  source: scikit-learn's `HistGradientBoostingClassifier` (its `_BinMapper`) */
export class FeatureBins {
  readonly size: number;
  /** Per feature: ascending upper edges; a value belongs to the first bin whose edge is not below it. */
  readonly #edges: readonly Float64Array[];

  /** @param dataset what the edges are learnt from: training samples alone */
  constructor(dataset: TimeSeriesDataset) {
    this.size = dataset.shape.size;
    const values = new Float64Array(dataset.length);
    this.#edges = Array.from({length: this.size}, (_, feature) => {
      for (let sample = 0; sample < values.length; sample++)
        values[sample] = dataset.lastRow(sample)[feature]!;
      return edgesOf(values.sort());
    });
  }

  /** @returns bin numbers, shape [F, N]: a feature's bins lie together, which is how trees read them */
  codes(dataset: TimeSeriesDataset): Uint8Array {
    const samples = dataset.length;
    const codes = new Uint8Array(this.size * samples);
    for (let sample = 0; sample < samples; sample++) {
      const row = dataset.lastRow(sample);
      for (let feature = 0; feature < this.size; feature++) {
        codes[feature * samples + sample] = binOf(this.#edges[feature]!, row[feature]!);
      }
    }
    return codes;
  }
}

/** Middles between neighbouring values where they are few, else between quantiles. */
function edgesOf(sorted: Float64Array): Float64Array {
  const distinct = sorted.filter((value, i) => i === 0 || value !== sorted[i - 1]);
  if (distinct.length <= MAX_BINS) {
    return Float64Array.from({length: distinct.length - 1}, (_, i) => (distinct[i]! + distinct[i + 1]!) / 2);
  }
  const quantiles = Float64Array.from({length: MAX_BINS - 1}, (_, i) => {
    const at = ((i + 1) / MAX_BINS) * (sorted.length - 1);
    const below = sorted[Math.floor(at)]!;
    return below + (at % 1) * (sorted[Math.ceil(at)]! - below);
  });
  return quantiles.filter((edge, i) => i === 0 || edge !== quantiles[i - 1]);
}

function binOf(edges: Float64Array, value: number): number {
  let [low, high] = [0, edges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value > edges[middle]!) low = middle + 1;
    else high = middle;
  }
  return low;
}
