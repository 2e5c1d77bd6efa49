import type {NativeNetwork} from '../model/native-network.js';
import {sigmoid} from '../model/sigmoid.js';
import type {Outcomes} from './metrics/classification-metrics.js';
import type {TimeSeriesDataset} from './time-series-dataset.js';

const BATCH = 256;

/** What a network says of every sample of a dataset, beside what happened; off the main thread, in batches.
 *  @throws NATIVE_FAILED */
export async function forecastDataset(network: NativeNetwork, dataset: TimeSeriesDataset): Promise<Outcomes> {
  const probabilities = new Float64Array(dataset.length);
  const labels = new Uint8Array(dataset.length);
  let at = 0;
  for (const batch of dataset.batches(BATCH)) {
    const logits = await network.predictAsync(batch.windows, batch.size, dataset.shape.steps);
    probabilities.set(Float64Array.from(logits, sigmoid), at);
    labels.set(batch.labels, at);
    at += batch.size;
  }
  return {probabilities, labels};
}
