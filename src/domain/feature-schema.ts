/** The scale that a feature carries, which decides how it is anchored before a network sees it. */
export type FeatureUnit = 'price' | 'price-difference' | 'volume' | '1/turnover' | 'none';

/** The public contract between a feature pipeline and a model: order, names, units. */
export interface FeatureSchema {
  /** Such as `dl86/1`. */
  readonly id: string;
  /** sha256, hex, of the ordered names joined by newlines. */
  readonly hash: string;
  readonly features: readonly {readonly name: string; readonly unit: FeatureUnit}[];
}

/** Parameters of the two-state Markov-switching model of volatility; state 0 is the calm one. */
export interface RegimeParameters {
  /** Mean return of each state, a fraction per candle. */
  readonly mean: readonly [number, number];
  /** Variance of each state, `variance[0] < variance[1]`, both > 0. */
  readonly variance: readonly [number, number];
  /** P(stay) of each state, in (0, 1). */
  readonly stay: readonly [number, number];
}
