import type {Model} from '../model/model-persistence.js';

/** What one window costs, wall clock, ms. */
export interface Latency {
  readonly windows: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const WARM_UP = 20;
const WINDOWS = 300;

/** Times a network on single windows, one after the other, on the calling thread. */
export function measureLatency({network, manifest}: Model): Latency {
  const steps = manifest.sequenceLength;
  const window = new Float32Array(steps * network.hyperparameters.input_size).map((_, i) => Math.sin(i));
  const took = new Float64Array(WINDOWS);
  for (let i = -WARM_UP; i < WINDOWS; i++) {
    const startedMs = performance.now();
    network.predict(window, 1, steps);
    if (i >= 0) took[i] = performance.now() - startedMs;
  }
  took.sort();
  return {windows: WINDOWS, p50Ms: took[WINDOWS >> 1]!, p99Ms: took[Math.floor(0.99 * WINDOWS)]!};
}
