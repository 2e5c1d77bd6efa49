import {readFileSync} from 'node:fs';
import {gunzipSync} from 'node:zlib';

/** Feature rows that the Python reference computed. */
export interface FeatureReference {
  readonly names: readonly string[];
  readonly openTimesMs: readonly number[];
  /** shape [N, 86], row-major */
  readonly values: Float64Array;
}

/** Reads what tools/reference/make_feature_reference.py wrote. */
export function readFeatureReference(path: string): FeatureReference {
  const document = JSON.parse(gunzipSync(readFileSync(path)).toString('utf8')) as {
    names: string[];
    openTimesMs: number[];
    values: string;
  };
  const bytes = Buffer.from(document.values, 'base64');
  const values = new Float64Array(bytes.length / 8);
  for (let i = 0; i < values.length; i++) values[i] = bytes.readDoubleLE(8 * i);
  return {names: document.names, openTimesMs: document.openTimesMs, values};
}

export interface ColumnDifference {
  readonly feature: string;
  /** Largest difference as a fraction of the value or of the column's root mean square, whichever is larger. */
  readonly largest: number;
  /** Largest ratio of that difference to what the law allows; above 1 is a breach. */
  readonly ofAllowed: number;
  readonly openTimeMs: number;
  readonly ours: number;
  readonly theirs: number;
}

/** Compares rows column by column under law 4: within max(1e-9, 1e-15 c / std_20) of the value or of the column's
 *  root mean square, whichever is larger. */
export function compareColumns(ours: Float64Array, reference: FeatureReference): ColumnDifference[] {
  const {names, openTimesMs, values: theirs} = reference;
  const width = names.length;
  const rows = openTimesMs.length;
  const close = names.indexOf('close');
  const deviation = names.indexOf('std_20');

  return names.map((feature, column) => {
    let squares = 0;
    for (let row = 0; row < rows; row++) squares += theirs[row * width + column]! ** 2;
    const rootMeanSquare = Math.sqrt(squares / rows);
    let worst = {feature, largest: 0, ofAllowed: 0, openTimeMs: 0, ours: 0, theirs: 0};
    for (let row = 0; row < rows; row++) {
      const [mine, other] = [ours[row * width + column]!, theirs[row * width + column]!];
      if (mine === other) continue;
      const scale = Math.max(Math.abs(other), rootMeanSquare);
      const difference = Math.abs(mine - other) / scale;
      const flatness = theirs[row * width + close]! / theirs[row * width + deviation]!;
      // The law relaxes every column on a nearly flat window; only this one needs it, and none on a flat one.
      const relaxed = feature === 'bb_position_20' && Number.isFinite(flatness) ? 1e-15 * flatness : 0;
      const ofAllowed = difference / Math.max(1e-9, relaxed);
      // NaN must count as worst, so the question is whether it is surely no worse.
      if (ofAllowed <= worst.ofAllowed) continue;
      worst = {
        feature,
        largest: difference,
        ofAllowed,
        openTimeMs: openTimesMs[row]!,
        ours: mine,
        theirs: other,
      };
    }
    return worst;
  });
}
