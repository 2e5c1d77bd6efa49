import type {Candle} from '../domain/candle.js';
import {DlTradeError} from '../domain/errors.js';
import type {FeatureRow} from '../domain/feature-row.js';
import {FeatureStream, type FeatureOptions} from './feature-stream.js';
import {FEATURE_NAMES, FEATURE_TABLE, requiredHistory} from './schema.js';

/** `finite`: no row holds NaN or infinity. `causality`: no row changes when candles after it change or are cut off.
 *  `stream-equals-batch`: one candle at a time gives the bits that the whole history at once gives.
 *  `history-independence`: no row depends on where the history begins. */
export type FeatureLaw = 'finite' | 'causality' | 'stream-equals-batch' | 'history-independence';

/** Rows by candle: the row of candles[i] at i, `undefined` where that candle gives none. */
export type FeatureRows = readonly (Float64Array | undefined)[];

/** What is put to the proof: the features of the schema, or a user's own. */
export interface FeaturePipeline {
  /** Names of a row's values, in order. */
  readonly names: readonly string[];
  /** Computes a whole history at once; the rows are the caller's to keep. */
  compute(candles: readonly Candle[]): FeatureRows;
  /** The same, one candle at a time; left out where there is no such thing. */
  stream?(): {
    /** @returns the row; undefined while it warms up */ push(
      candle: Candle,
    ): Pick<FeatureRow, 'values'> | undefined;
  };
  /** Names that look at a fixed window: wherever the history begins, they must be the same bits.
   *  All others may differ by 1e-9 of their column's root mean square. */
  readonly windowed?: readonly string[];
}

/** Where one feature breaks one law, at its worst. */
export interface LawBreach {
  readonly law: FeatureLaw;
  readonly feature: string;
  /** Open time of the earliest row that breaks it, ms, UTC. */
  readonly firstOpenTimeMs: number;
  /** Open time of the row that breaks it worst, ms, UTC; what follows is of this row. */
  readonly openTimeMs: number;
  /** |expected - actual|; NaN where one of them is none or is missing. */
  readonly difference: number;
  /** Value on the whole history, and on the history that should not have made a difference. */
  readonly expected: number;
  readonly actual: number;
  /** What was done to the history, for people. */
  readonly trial: string;
}

/** What a proof tried and found. */
export interface LawReport {
  readonly rows: number;
  readonly trials: number;
  /** True where every law held in every trial. */
  readonly holds: boolean;
  /** At most one per law and feature. */
  readonly breaches: readonly LawBreach[];
}

export interface LawOptions extends FeatureOptions {
  /** `dlFeatures(options)` where left out. */
  readonly pipeline?: FeaturePipeline;
  /** Places of the history at which each law is tried; 5. */
  readonly places?: number;
  /** Called as trials are done, for a progress line. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Largest difference that a recursive feature may show, as a fraction of its column's root mean square. */
const HISTORY_TOLERANCE = 1e-9;

/** Tries the laws on candles and says which feature breaks which: the proof that a user who adds a feature wants.
 *  It can only find what these candles show; it never finds a breach that is none.
 *  @param candles in time order; more than the warm-up
 *  @throws CANDLES_TOO_FEW where no row is left to compare; CANDLES_INVALID MODEL_INVALID from the features */
export function proveFeatureLaws(candles: readonly Candle[], options: LawOptions = {}): LawReport {
  const pipeline = options.pipeline ?? dlFeatures(options);
  const whole = pipeline.compute(candles);
  const rows = whole.flatMap((row, index) => (row === undefined ? [] : [index]));
  if (rows.length < 2) {
    throw new DlTradeError(
      'CANDLES_TOO_FEW',
      `candles were "${candles.length}" and gave ${rows.length} rows, want at least ${requiredHistory(2)} in one piece`,
      {details: {candles: candles.length, rows: rows.length}},
    );
  }
  const judge = new Judge(pipeline.names, candles, whole);
  judge.finite();

  const places = placesIn(rows, options.places ?? 5);
  const total = 3 * places.length + 1;
  let trials = 0;
  const done = () => {
    trials += 1;
    options.onProgress?.(trials, total);
  };

  for (const index of places) {
    const day = new Date(candles[index]!.openTimeMs).toISOString();
    const cut = pipeline.compute(candles.slice(0, index + 1));
    judge.sameBits('causality', cut, {upTo: index, offset: 0, trial: `every candle after ${day} cut off`});
    done();
    const changed = pipeline.compute(withChangedFuture(candles, index));
    judge.sameBits('causality', changed, {
      upTo: index,
      offset: 0,
      trial: `every candle after ${day} changed`,
    });
    done();
  }
  if (pipeline.stream !== undefined) {
    const stream = pipeline.stream();
    const streamed = candles.map((candle) => stream.push(candle)?.values.slice());
    const trial = 'one candle at a time';
    judge.sameBits('stream-equals-batch', streamed, {upTo: candles.length - 1, offset: 0, trial});
  }
  done();
  for (const index of places) {
    // Up to that row's own warm-up earlier: history begins so that about half of the rows are left.
    const start = Math.max(1, Math.floor(index / 2));
    const later = pipeline.compute(candles.slice(start));
    const trial = `history begins at ${new Date(candles[start]!.openTimeMs).toISOString()}`;
    judge.historyIndependent(later, {start, trial, windowed: new Set(pipeline.windowed)});
    done();
  }
  return {rows: rows.length, trials, holds: judge.breaches.length === 0, breaches: judge.breaches};
}

/** Two findings about the same law and feature as one: the earlier first candle, the larger difference. */
export function worseOf(a: LawBreach, b: LawBreach): LawBreach {
  // A difference of NaN is the worst there is, and stays.
  const worst =
    b.difference > a.difference || (Number.isNaN(b.difference) && !Number.isNaN(a.difference)) ? b : a;
  return {...worst, firstOpenTimeMs: Math.min(a.firstOpenTimeMs, b.firstOpenTimeMs)};
}

/** The features of the schema as something to be proved. */
export function dlFeatures(options: FeatureOptions = {}): FeaturePipeline {
  return {
    names: FEATURE_NAMES,
    windowed: FEATURE_TABLE.filter(({lookBack}) => lookBack !== 'recursive').map(({name}) => name),
    stream: () => new FeatureStream(options),
    compute(candles) {
      const stream = new FeatureStream(options);
      return candles.map((candle) => stream.push(candle)?.values.slice());
    },
  };
}

/** Rows spread over the history, the first and the last but one among them. */
function placesIn(rows: readonly number[], count: number): number[] {
  const last = rows.length - 2;
  const places = Array.from(
    {length: count},
    (_, i) => rows[Math.round((i * last) / Math.max(1, count - 1))]!,
  );
  return [...new Set(places)];
}

/** The same candles up to `index`; behind it a market that goes the other way, with other ranges and volumes. */
function withChangedFuture(candles: readonly Candle[], index: number): Candle[] {
  const pivot = candles[index]!.close;
  const mirrored = (price: number) => (pivot / price) * pivot * 1.01;
  return candles.map((candle, i) =>
    i <= index
      ? candle
      : {
          ...candle,
          open: mirrored(candle.open),
          close: mirrored(candle.close),
          high: mirrored(candle.low) * 1.003,
          low: mirrored(candle.high) * 0.996,
          volume: candle.volume * 3 + 1,
        },
  );
}

/** Compares rows with those of the whole history and keeps each feature's worst breach of each law. */
class Judge {
  readonly #names: readonly string[];
  readonly #candles: readonly Candle[];
  readonly #whole: FeatureRows;
  readonly #worst = new Map<string, LawBreach>();

  constructor(names: readonly string[], candles: readonly Candle[], whole: FeatureRows) {
    this.#names = names;
    this.#candles = candles;
    this.#whole = whole;
  }

  get breaches(): LawBreach[] {
    return [...this.#worst.values()];
  }

  finite(): void {
    this.#whole.forEach((row, index) => {
      row?.forEach((value, column) => {
        if (Number.isFinite(value)) return;
        this.#record({law: 'finite', index, column, expected: value, actual: value, trial: 'none'});
      });
    });
  }

  sameBits(
    law: FeatureLaw,
    rows: FeatureRows,
    {upTo, offset, trial}: {readonly upTo: number; readonly offset: number; readonly trial: string},
  ): void {
    for (let index = offset; index <= upTo; index++) {
      const expected = this.#whole[index];
      const actual = rows[index - offset];
      for (let column = 0; column < this.#names.length; column++) {
        const [a, b] = [expected?.[column] ?? Number.NaN, actual?.[column] ?? Number.NaN];
        if (!Object.is(a, b)) this.#record({law, index, column, expected: a, actual: b, trial});
      }
    }
  }

  historyIndependent(
    rows: FeatureRows,
    {
      start,
      trial,
      windowed,
    }: {readonly start: number; readonly trial: string; readonly windowed: ReadonlySet<string>},
  ): void {
    const scales = this.#names.map((_, column) => this.#rootMeanSquare(column));
    rows.forEach((row, i) => {
      const index = start + i;
      const expected = this.#whole[index];
      // A shorter history may say nothing yet; it may not say anything else.
      if (row === undefined || expected === undefined) return;
      for (let column = 0; column < this.#names.length; column++) {
        const [a, b] = [expected[column]!, row[column]!];
        const allowed = windowed.has(this.#names[column]!) ? 0 : HISTORY_TOLERANCE * scales[column]!;
        if (Object.is(a, b) || Math.abs(a - b) <= allowed) continue;
        this.#record({law: 'history-independence', index, column, expected: a, actual: b, trial});
      }
    });
  }

  #rootMeanSquare(column: number): number {
    let sum = 0;
    let count = 0;
    for (const row of this.#whole) {
      if (row === undefined) continue;
      sum += row[column]! ** 2;
      count += 1;
    }
    return Math.sqrt(sum / count);
  }

  #record(found: {
    readonly law: FeatureLaw;
    readonly index: number;
    readonly column: number;
    readonly expected: number;
    readonly actual: number;
    readonly trial: string;
  }): void {
    const {law, index, column, expected, actual, trial} = found;
    const feature = this.#names[column]!;
    const {openTimeMs} = this.#candles[index]!;
    const difference = Math.abs(expected - actual);
    const breach = {
      law,
      feature,
      firstOpenTimeMs: openTimeMs,
      openTimeMs,
      difference,
      expected,
      actual,
      trial,
    };
    const key = `${law} ${feature}`;
    const known = this.#worst.get(key);
    this.#worst.set(key, known === undefined ? breach : worseOf(known, breach));
  }
}
