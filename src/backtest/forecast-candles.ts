import type {Candle} from '../domain/candle.js';
import {FeatureStream} from '../features/feature-stream.js';
import type {FeatureOptions} from '../features/feature-stream.js';
import {FEATURE_COUNT} from '../features/schema.js';
import type {Model} from '../model/model-persistence.js';
import {predictHistory} from '../model/predict-history.js';
import type {ForecastBatch} from '../model/predict-history.js';

/** Rows of features that are held at a time: 11 MB. */
const ROWS = 16_384;

export interface ForecastCandlesOptions {
  /** Sentiment, where there is a source of it. */
  readonly observed?: Pick<FeatureOptions, 'sentiment'>;
  /** Told how many candles are done. */
  readonly onProgress?: (candles: number) => void;
  /** Asked between two stretches of rows; whatever it throws ends the work. */
  readonly checkpoint?: () => void;
}

/** All forecasts of a history. */
export interface CandleForecasts {
  /** Of every candle with a whole sequence behind it, in time order. */
  readonly forecasts: ForecastBatch;
  /** Candles with a row of features, and of them those whose `fear_greed_index` was observed. */
  readonly rows: number;
  readonly observed: number;
}

/** Forecasts on every candle of a history in one pass: each candle's features are computed once and fed to the network in batches, a
 *  stretch of rows at a time, so that memory does not grow with the width of the features.
 *  @throws CANDLES_INVALID MODEL_INVALID NATIVE_FAILED */
export async function forecastCandles(
  model: Model,
  candles: readonly Candle[],
  {observed = {}, onProgress, checkpoint}: ForecastCandlesOptions = {},
): Promise<CandleForecasts> {
  const stream = new FeatureStream({regime: model.manifest.regime, ...observed});
  const stretch = new RowStretch(model.manifest.sequenceLength - 1);
  const forecasts = new Columns(candles.length);
  let [rows, seen] = [0, 0];
  for (const [i, candle] of candles.entries()) {
    const row = stream.push(candle);
    if (row !== undefined) {
      stretch.push(row);
      rows += 1;
      if (row.sentimentObserved) seen += 1;
    }
    if (!stretch.isFull && i < candles.length - 1) continue;
    for await (const batch of predictHistory(model, stretch.matrix, stretch.fromMs)) {
      checkpoint?.();
      forecasts.append(batch);
      onProgress?.(i + 1 - stretch.fresh + forecasts.sinceMark);
    }
    forecasts.mark();
    stretch.goOn();
    onProgress?.(i + 1);
  }
  return {forecasts: forecasts.whole, rows, observed: seen};
}

/** Rows of features in front of the network; the last ones stay, as the beginning of the next windows. */
class RowStretch {
  readonly #overlap: number;
  readonly #openTimesMs: Float64Array;
  readonly #values: Float64Array;
  readonly #segmentStart: Uint8Array;
  #kept = 0;
  #count = 0;

  constructor(overlap: number) {
    this.#overlap = overlap;
    this.#openTimesMs = new Float64Array(ROWS + overlap);
    this.#values = new Float64Array((ROWS + overlap) * FEATURE_COUNT);
    this.#segmentStart = new Uint8Array(ROWS + overlap);
  }

  push(row: {
    readonly openTimeMs: number;
    readonly values: Float64Array;
    readonly segmentStart: boolean;
  }): void {
    this.#openTimesMs[this.#count] = row.openTimeMs;
    this.#values.set(row.values, this.#count * FEATURE_COUNT);
    this.#segmentStart[this.#count] = row.segmentStart ? 1 : 0;
    this.#count += 1;
  }

  get isFull(): boolean {
    return this.#count === this.#openTimesMs.length;
  }

  /** Rows that were not there the last time. */
  get fresh(): number {
    return this.#count - this.#kept;
  }

  /** Open time of the first of them. */
  get fromMs(): number {
    return this.fresh === 0 ? Infinity : this.#openTimesMs[this.#kept]!;
  }

  get matrix(): {openTimesMs: Float64Array; values: Float64Array; segmentStart: Uint8Array} {
    return {
      openTimesMs: this.#openTimesMs.subarray(0, this.#count),
      values: this.#values.subarray(0, this.#count * FEATURE_COUNT),
      segmentStart: this.#segmentStart.subarray(0, this.#count),
    };
  }

  goOn(): void {
    const from = Math.max(0, this.#count - this.#overlap);
    this.#openTimesMs.copyWithin(0, from, this.#count);
    this.#values.copyWithin(0, from * FEATURE_COUNT, this.#count * FEATURE_COUNT);
    this.#segmentStart.copyWithin(0, from, this.#count);
    this.#kept = this.#count - from;
    this.#count = this.#kept;
  }
}

/** Batches of forecasts as one. */
class Columns {
  readonly #all: ForecastBatch;
  #count = 0;
  #marked = 0;

  constructor(capacity: number) {
    this.#all = {
      openTimesMs: new Float64Array(capacity),
      logits: new Float32Array(capacity),
      probabilities: new Float64Array(capacity),
      maxAbsInputs: new Float64Array(capacity),
    };
  }

  append({openTimesMs, logits, probabilities, maxAbsInputs}: ForecastBatch): void {
    this.#all.openTimesMs.set(openTimesMs, this.#count);
    this.#all.logits.set(logits, this.#count);
    this.#all.probabilities.set(probabilities, this.#count);
    this.#all.maxAbsInputs.set(maxAbsInputs, this.#count);
    this.#count += openTimesMs.length;
  }

  mark(): void {
    this.#marked = this.#count;
  }

  get sinceMark(): number {
    return this.#count - this.#marked;
  }

  get whole(): ForecastBatch {
    return firstForecasts(this.#all, this.#count);
  }
}

/** The first forecasts of some, in place. */
export function firstForecasts(all: ForecastBatch, count: number): ForecastBatch {
  return {
    openTimesMs: all.openTimesMs.subarray(0, count),
    logits: all.logits.subarray(0, count),
    probabilities: all.probabilities.subarray(0, count),
    maxAbsInputs: all.maxAbsInputs.subarray(0, count),
  };
}
