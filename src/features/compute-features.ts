import type {Candle} from '../domain/candle.js';
import {FeatureStream, type FeatureOptions} from './feature-stream.js';
import {FEATURE_COUNT, GAP_CANDLES, WARM_UP_CANDLES} from './schema.js';

/** The rows of a whole history. */
export interface FeatureTable {
  /** shape [N]; open time of each row's candle, ms, UTC. */
  readonly openTimesMs: Float64Array;
  /** shape [N, 86], row-major; finite. */
  readonly values: Float64Array;
  /** shape [N]; 1 where the candle was filled in. */
  readonly filled: Uint8Array;
  /** shape [N]; 1 on the first row of a segment. */
  readonly segmentStart: Uint8Array;
  /** shape [N]; 0 where `fear_greed_index` is the neutral default because the series had no value. */
  readonly sentimentObserved: Uint8Array;
}

/** Feeds a whole history to a `FeatureStream` and collects the rows: the same bits as one candle at a time.
 *  @throws CANDLES_INVALID MODEL_INVALID */
export function computeFeatures(candles: readonly Candle[], options: FeatureOptions = {}): FeatureTable {
  const rows = countRows(candles);
  const table: FeatureTable = {
    openTimesMs: new Float64Array(rows),
    values: new Float64Array(rows * FEATURE_COUNT),
    filled: new Uint8Array(rows),
    segmentStart: new Uint8Array(rows),
    sentimentObserved: new Uint8Array(rows),
  };
  const stream = new FeatureStream(options);
  let n = 0;
  for (const candle of candles) {
    const row = stream.push(candle);
    if (row === undefined) continue;
    table.openTimesMs[n] = row.openTimeMs;
    table.values.set(row.values, n * FEATURE_COUNT);
    table.filled[n] = row.filled ? 1 : 0;
    table.segmentStart[n] = row.segmentStart ? 1 : 0;
    table.sentimentObserved[n] = row.sentimentObserved ? 1 : 0;
    n += 1;
  }
  return table;
}

/** Known before the first row, so that a long history is held in memory once. */
function countRows(candles: readonly Candle[]): number {
  let rows = 0;
  let firstWholeWindow = WARM_UP_CANDLES;
  for (let index = 0; index < candles.length; index++) {
    if (index > 0 && candles[index]!.afterGap === true) {
      firstWholeWindow = Math.max(WARM_UP_CANDLES, index + GAP_CANDLES);
    }
    if (index >= firstWholeWindow) rows += 1;
  }
  return rows;
}
