import type {Model} from './model-persistence.js';
import {sigmoid} from './sigmoid.js';
import {WindowRing} from './window-ring.js';

/** Windows a call of the network: 256 of 50 x 86 floats are 4.4 MB. */
const BATCH = 256;

/** The rows of a whole history, as `computeFeatures` gives them. */
export interface FeatureMatrix {
  /** shape [N]; ms, UTC. */
  readonly openTimesMs: Float64Array;
  /** shape [N, F], row-major; finite. */
  readonly values: Float64Array;
  /** shape [N]; 1 on the first row of a segment. */
  readonly segmentStart: Uint8Array;
}

/** Forecasts of some candles, in time order. */
export interface ForecastBatch {
  /** shape [B]; ms, UTC. */
  readonly openTimesMs: Float64Array;
  /** shape [B]. */
  readonly logits: Float32Array;
  /** shape [B]; sigmoid of the logits. */
  readonly probabilities: Float64Array;
  /** shape [B]; as `Forecast.maxAbsInput`. */
  readonly maxAbsInputs: Float64Array;
}

export interface ForecastHistoryOptions {
  /** Open time of the first candle to forecast on, ms; by default every one with a whole sequence behind it. */
  readonly fromMs?: number;
  /** Told how many forecasts are done. */
  readonly onProgress?: (forecasts: number) => void;
}

/** Forecasts on every row of a history that has a whole sequence behind it, in batches of bounded memory.
 *  @param fromMs open time of the first candle to forecast on; those before it only fill the window
 *  @throws NATIVE_FAILED */
export async function* predictHistory(
  {manifest, inputs, network}: Model,
  {openTimesMs, values, segmentStart}: FeatureMatrix,
  fromMs = -Infinity,
): AsyncGenerator<ForecastBatch, void, undefined> {
  const steps = manifest.sequenceLength;
  const ring = new WindowRing(steps, inputs.size);
  const windows = new Float32Array(BATCH * steps * inputs.size);
  let times: number[] = [];
  let maxAbsInputs: number[] = [];
  for (let row = 0; row < openTimesMs.length; row++) {
    if (segmentStart[row] === 1) ring.reset();
    const maxAbsInput = ring.push((buffer, at) => inputs.write(values, buffer, at, row * inputs.size));
    const window = ring.window();
    if (window === undefined || openTimesMs[row]! < fromMs) continue;
    windows.set(window, times.length * window.length);
    times.push(openTimesMs[row]!);
    maxAbsInputs.push(maxAbsInput);
    if (times.length < BATCH) continue;
    yield await forecast();
    times = [];
    maxAbsInputs = [];
  }
  if (times.length > 0) yield await forecast();

  async function forecast(): Promise<ForecastBatch> {
    const count = times.length;
    const logits = await network.predictAsync(windows.subarray(0, count * steps * inputs.size), count, steps);
    return {
      openTimesMs: Float64Array.from(times),
      logits,
      probabilities: Float64Array.from(logits, sigmoid),
      maxAbsInputs: Float64Array.from(maxAbsInputs),
    };
  }
}

/** All batches of `predictHistory` in one.
 *  @throws NATIVE_FAILED */
export async function forecastHistory(
  model: Model,
  matrix: FeatureMatrix,
  {fromMs, onProgress}: ForecastHistoryOptions = {},
): Promise<ForecastBatch> {
  const rows = matrix.openTimesMs.length;
  const all = {
    openTimesMs: new Float64Array(rows),
    logits: new Float32Array(rows),
    probabilities: new Float64Array(rows),
    maxAbsInputs: new Float64Array(rows),
  };
  let count = 0;
  for await (const batch of predictHistory(model, matrix, fromMs)) {
    all.openTimesMs.set(batch.openTimesMs, count);
    all.logits.set(batch.logits, count);
    all.probabilities.set(batch.probabilities, count);
    all.maxAbsInputs.set(batch.maxAbsInputs, count);
    count += batch.openTimesMs.length;
    onProgress?.(count);
  }
  return {
    openTimesMs: all.openTimesMs.subarray(0, count),
    logits: all.logits.subarray(0, count),
    probabilities: all.probabilities.subarray(0, count),
    maxAbsInputs: all.maxAbsInputs.subarray(0, count),
  };
}
