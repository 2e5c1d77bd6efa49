import type {Candle} from '../domain/candle.js';

/** Power of two above the longest look back (50), so that a position wraps by a mask. */
const CAPACITY = 64;

/** Turnover below this counts as none: dividing by it would leave the range of a double. */
const LEAST_TURNOVER = 1e-200;

/** Widths of the nested windows that averages and deviations share. */
export const SPANS = [5, 10, 20, 50] as const;

/** The last candles and what follows from each of them alone or from it and its predecessor.
 *  Every series is a ring written twice, `CAPACITY` apart, so that `series[head - k]` is the value k candles
 *  earlier for every k up to 50, without a wrap inside a window. */
export class CandleWindow {
  readonly open: Float64Array = new Float64Array(2 * CAPACITY);
  readonly high: Float64Array = new Float64Array(2 * CAPACITY);
  readonly low: Float64Array = new Float64Array(2 * CAPACITY);
  readonly close: Float64Array = new Float64Array(2 * CAPACITY);
  readonly volume: Float64Array = new Float64Array(2 * CAPACITY);
  /** c - c[-1]; NaN on a candle that has no change: the first one and the first one behind a gap. */
  readonly change: Float64Array = new Float64Array(2 * CAPACITY);
  /** c / c[-1] - 1; NaN where `change` is. */
  readonly simpleReturn: Float64Array = new Float64Array(2 * CAPACITY);
  /** ln(c / c[-1]); NaN where `change` is. */
  readonly logReturn: Float64Array = new Float64Array(2 * CAPACITY);
  /** sign(c - c[-1]) v; NaN where `change` is. */
  readonly signedVolume: Float64Array = new Float64Array(2 * CAPACITY);
  /** c v. */
  readonly turnover: Float64Array = new Float64Array(2 * CAPACITY);
  /** |ln(c / c[-1])| / (c v); -1 where nothing was traded, NaN where `change` is. */
  readonly illiquidity: Float64Array = new Float64Array(2 * CAPACITY);
  /** ln(h / l). */
  readonly logRange: Float64Array = new Float64Array(2 * CAPACITY);
  /** 0.5 ln(h / l)^2 - (2 ln 2 - 1) ln(c / o)^2. */
  readonly garmanKlass: Float64Array = new Float64Array(2 * CAPACITY);

  /** Index of the newest value in every series. */
  head = 2 * CAPACITY - 1;
  openTimeMs = Number.NEGATIVE_INFINITY;
  /** True where the newest candle has a predecessor that it can be compared with. */
  hasChange = false;
  /** Of the closes, over each of `SPANS`. */
  readonly closes = new NestedMoments();
  /** sum_w(v) over each of `SPANS`. */
  readonly volumeSum = new Float64Array(SPANS.length);
  readonly highest: Extremes = {over14: 0, over20: 0, over50: 0};
  readonly lowest: Extremes = {over14: 0, over20: 0, over50: 0};

  /** Takes one valid candle in.
   *  @param hasChange false where no change from the candle before is defined */
  push(candle: Candle, hasChange: boolean): void {
    const {open, high, low, close} = candle;
    // A volume of -0 would not survive a text form of the state.
    const volume = candle.volume + 0;
    const before = this.close[this.head]!;
    const slot = (this.head + 1) & (CAPACITY - 1);
    const head = slot + CAPACITY;
    this.head = head;
    this.openTimeMs = candle.openTimeMs;
    this.hasChange = hasChange;

    const change = hasChange ? close - before : Number.NaN;
    const logReturn = hasChange ? Math.log(close / before) : Number.NaN;
    const turnover = close * volume;
    const logRange = Math.log(high / low);
    const logBody = Math.log(close / open);

    this.open[slot] = this.open[head] = open;
    this.high[slot] = this.high[head] = high;
    this.low[slot] = this.low[head] = low;
    this.close[slot] = this.close[head] = close;
    this.volume[slot] = this.volume[head] = volume;
    this.change[slot] = this.change[head] = change;
    this.simpleReturn[slot] = this.simpleReturn[head] = hasChange ? close / before - 1 : Number.NaN;
    this.logReturn[slot] = this.logReturn[head] = logReturn;
    this.signedVolume[slot] = this.signedVolume[head] = Math.sign(change) * volume;
    this.turnover[slot] = this.turnover[head] = turnover;
    this.illiquidity[slot] = this.illiquidity[head] =
      turnover > LEAST_TURNOVER ? Math.abs(logReturn) / turnover : -1;
    this.logRange[slot] = this.logRange[head] = logRange;
    this.garmanKlass[slot] = this.garmanKlass[head] =
      0.5 * logRange * logRange - (2 * Math.LN2 - 1) * logBody * logBody;

    this.#aggregate();
  }

  /** What the window remembers, in a fixed order: views, so that a snapshot can be read from and written to them. */
  memory(): readonly Float64Array[] {
    return this.#series().map((series) => series.subarray(0, CAPACITY));
  }

  /** Goes on from what was written to `memory()`.
   *  @param candlesSeen how many candles had been pushed
   *  @param openTimeMs of the last one; null where there was none */
  resumeAt(candlesSeen: number, openTimeMs: number | null): void {
    for (const series of this.#series()) series.copyWithin(CAPACITY, 0, CAPACITY);
    this.head = CAPACITY + ((candlesSeen - 1) & (CAPACITY - 1));
    this.openTimeMs = openTimeMs ?? Number.NEGATIVE_INFINITY;
  }

  #series(): readonly Float64Array[] {
    return [
      ...[this.open, this.high, this.low, this.close, this.volume, this.change, this.simpleReturn],
      ...[
        this.logReturn,
        this.signedVolume,
        this.turnover,
        this.illiquidity,
        this.logRange,
        this.garmanKlass,
      ],
    ];
  }

  #aggregate(): void {
    const {head, volume} = this;
    this.closes.update(this.close, head);

    let sum = 0;
    let k = 0;
    for (let span = 0; span < SPANS.length; span++) {
      for (; k < SPANS[span]!; k++) sum += volume[head - k]!;
      this.volumeSum[span] = sum;
    }
    updateHighest(this.highest, this.high, head);
    updateLowest(this.lowest, this.low, head);
  }
}

/** The extreme of a series over nested windows. */
export interface Extremes {
  over14: number;
  over20: number;
  over50: number;
}

function updateHighest(extremes: Extremes, series: Float64Array, head: number): void {
  let highest = series[head]!;
  let k = 1;
  for (; k < 14; k++) highest = series[head - k]! > highest ? series[head - k]! : highest;
  extremes.over14 = highest;
  for (; k < 20; k++) highest = series[head - k]! > highest ? series[head - k]! : highest;
  extremes.over20 = highest;
  for (; k < 50; k++) highest = series[head - k]! > highest ? series[head - k]! : highest;
  extremes.over50 = highest;
}

function updateLowest(extremes: Extremes, series: Float64Array, head: number): void {
  let lowest = series[head]!;
  let k = 1;
  for (; k < 14; k++) lowest = series[head - k]! < lowest ? series[head - k]! : lowest;
  extremes.over14 = lowest;
  for (; k < 20; k++) lowest = series[head - k]! < lowest ? series[head - k]! : lowest;
  extremes.over20 = lowest;
  for (; k < 50; k++) lowest = series[head - k]! < lowest ? series[head - k]! : lowest;
  extremes.over50 = lowest;
}

/** First and second moments over each of `SPANS` in one pass from the newest value backwards.
 *  All is measured from the newest value, which is a member of every window: then a flat window has deviation
 *  exactly 0, and the sum of squares is at most w times the sum about the mean, so the subtraction loses at
 *  most log10(50) digits, whatever the level of the prices. */
export class NestedMoments {
  /** Newest value minus the window's mean. */
  readonly aboveMean = new Float64Array(SPANS.length);
  readonly mean = new Float64Array(SPANS.length);
  /** Sum of squared deviations from the window's mean. */
  readonly squares = new Float64Array(SPANS.length);

  update(series: Float64Array, head: number): void {
    const newest = series[head]!;
    let sum = 0;
    let squares = 0;
    let k = 1;
    for (let span = 0; span < SPANS.length; span++) {
      const width = SPANS[span]!;
      for (; k < width; k++) {
        const difference = series[head - k]! - newest;
        sum += difference;
        squares += difference * difference;
      }
      const offset = sum / width;
      this.aboveMean[span] = -offset;
      this.mean[span] = newest + offset;
      this.squares[span] = Math.max(0, squares - sum * offset);
    }
  }
}
