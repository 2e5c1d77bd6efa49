import type {Model} from './model-persistence.js';
import {sigmoid} from './sigmoid.js';

/** Forecasts a call of the network: their rows of 86 floats are 2.8 MB. */
const FORECASTS_AT_ONCE = 8192;

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

/** Forecasts on every row of a history that has a whole sequence behind it, some thousand at a time: what their windows share is
 *  computed once, and memory is bounded. The same bits as a `Predictor` gives row by row.
 *  @param fromMs open time of the first candle to forecast on; those before it only fill the window
 *  @throws NATIVE_FAILED */
export async function* predictHistory(
  model: Model,
  matrix: FeatureMatrix,
  fromMs = -Infinity,
): AsyncGenerator<ForecastBatch, void, undefined> {
  const {openTimesMs, segmentStart} = matrix;
  const steps = model.manifest.sequenceLength;
  for (let start = 0; start < openTimesMs.length;) {
    let end = start + 1;
    while (end < openTimesMs.length && segmentStart[end] !== 1) end += 1;
    let first = start + steps - 1;
    while (first < end && openTimesMs[first]! < fromMs) first += 1;
    for (; first < end; first += FORECASTS_AT_ONCE) {
      yield await forecast(model, matrix, {first, end: Math.min(first + FORECASTS_AT_ONCE, end)});
    }
    start = end;
  }
}

/** Forecasts on the rows of [first, end), which lie in one segment with a whole sequence behind each. */
async function forecast(
  {manifest, inputs, network}: Model,
  {openTimesMs, values}: FeatureMatrix,
  {first, end}: {readonly first: number; readonly end: number},
): Promise<ForecastBatch> {
  const before = manifest.sequenceLength - 1;
  const rows = new Float32Array((end - first + before) * inputs.size);
  const maxAbsInputs = new Float64Array(end - first);
  for (let row = first - before; row < end; row++) {
    const at = (row - first + before) * inputs.size;
    const maxAbsInput = inputs.write(values, rows, at, row * inputs.size);
    if (row >= first) maxAbsInputs[row - first] = maxAbsInput;
  }
  const logits = await network.predictHistoryAsync(rows, manifest.sequenceLength);
  return {
    openTimesMs: openTimesMs.slice(first, end),
    logits,
    probabilities: Float64Array.from(logits, sigmoid),
    maxAbsInputs,
  };
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
