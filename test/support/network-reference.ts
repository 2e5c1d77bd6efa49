import {readFileSync} from 'node:fs';
import {join} from 'node:path';

import type {Hyperparameters, NativeNetwork} from '../../src/model/native-network.js';
import {readFloats} from './native.js';

/** One entry of the index.json that tools/reference/make_network_reference.py writes. */
export interface ReferenceSet {
  readonly name: string;
  readonly hyperparameters: Hyperparameters;
  readonly parameterCount: number;
  /** Number of windows. */
  readonly count: number;
  readonly steps: number;
  readonly batchSizes: readonly number[];
}

export function readReferenceSets(folder: string): readonly ReferenceSet[] {
  const index = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')) as {sets: ReferenceSet[]};
  return index.sets;
}

/** Largest absolute difference between the network's logits and PyTorch's, over all windows of a set. */
export function largestDifference(
  network: NativeNetwork,
  folder: string,
  set: ReferenceSet,
  batchSize: number,
): number {
  const windows = readFloats(join(folder, `${set.name}.windows.f32`));
  const expected = readFloats(join(folder, `${set.name}.logits-${batchSize}.f32`));
  const size = set.steps * set.hyperparameters.input_size;
  let largest = 0;
  for (let start = 0; start < set.count; start += batchSize) {
    const batch = Math.min(batchSize, set.count - start);
    const logits = network.predict(windows.slice(start * size, (start + batch) * size), batch, set.steps);
    logits.forEach((logit, index) => {
      const difference = Math.abs(logit - expected[start + index]!);
      // Asked so that NaN counts as infinitely far.
      largest = Math.max(largest, difference >= 0 ? difference : Infinity);
    });
  }
  return largest;
}
