import type {TimeSeriesDataset} from '../time-series-dataset.js';

/** A simple classifier that a network has to be measured against. It sees a sample's last row alone. */
export interface Baseline {
  /** In words: `logistic regression`. */
  readonly name: string;
  /** Probability that the close is higher a horizon later, for every sample in order.
   *  @returns shape [samples] */
  probabilities(dataset: TimeSeriesDataset): Float64Array;
}
