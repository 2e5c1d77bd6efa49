/** The features of one closed candle, in the order of the schema. */
export interface FeatureRow {
  /** Open time of the candle that the row describes, ms, UTC. */
  readonly openTimeMs: number;
  /** shape [86]; finite. The stream that made the row overwrites it at its next push: copy it to keep it. */
  readonly values: Float64Array;
  /** True where the candle was filled in (see `Candle.filled`). */
  readonly filled: boolean;
  /** True on the first row of a segment: no sequence may reach behind it. */
  readonly segmentStart: boolean;
}
