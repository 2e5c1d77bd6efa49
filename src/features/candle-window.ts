import type {Candle} from '../domain/candle.js';
import {NestedWindows} from './nested-windows.js';

/** Power of two above the longest look back (50), so that a position wraps by a mask. */
const CAPACITY = 64;

/** Turnover below this counts as none: dividing by it would leave the range of a double. */
const LEAST_TURNOVER = 1e-200;

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
  /** Averages, deviations and extremes that several indicators share. */
  readonly nested = new NestedWindows();

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

    this.nested.update(this);
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
}
