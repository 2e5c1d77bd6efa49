import type {CandlestickData, LineData, UTCTimestamp, WhitespaceData} from 'lightweight-charts';
import type {CandleData, CurveData} from '../page-data.js';
import {decodeSeries} from '../series-code.js';

/** Candles and their forecasts, decoded, [N] each. */
export interface Candles {
  /** Open times, ms. */
  readonly times: Float64Array;
  readonly opens: Float64Array;
  readonly highs: Float64Array;
  readonly lows: Float64Array;
  readonly closes: Float64Array;
  /** Below 0 where there was no forecast. */
  readonly probabilities: Float64Array;
}

/** Equity and holding at the close of every candle, and how far below their peaks, [N] each. */
export interface Curve {
  /** Open times of the candles, ms. */
  readonly times: Float64Array;
  readonly equity: Float64Array;
  readonly buyAndHold: Float64Array;
  /** Fractions, 0 or below. */
  readonly drawdown: Float64Array;
  readonly buyAndHoldDrawdown: Float64Array;
}

export function decodeCandles(data: CandleData, stepMs: number): Candles {
  return {
    times: decodeSeries(data.times).map((steps) => steps * stepMs),
    opens: decodeSeries(data.opens),
    highs: decodeSeries(data.highs),
    lows: decodeSeries(data.lows),
    closes: decodeSeries(data.closes),
    probabilities: decodeSeries(data.probabilities),
  };
}

/** @param startingCash what both began with: the first peak */
export function decodeCurve(data: CurveData, stepMs: number, startingCash: number): Curve {
  const equity = decodeSeries(data.equity);
  const buyAndHold = decodeSeries(data.buyAndHold);
  return {
    times: decodeSeries(data.times).map((steps) => steps * stepMs),
    ...{equity, buyAndHold},
    drawdown: belowPeak(equity, startingCash),
    buyAndHoldDrawdown: belowPeak(buyAndHold, startingCash),
  };
}

/** As the chart library wants them. */
export function candlesticks({times, opens, highs, lows, closes}: Candles): CandlestickData<UTCTimestamp>[] {
  return Array.from(times, (time, i) => ({
    time: timestamp(time),
    ...{open: opens[i]!, high: highs[i]!, low: lows[i]!, close: closes[i]!},
  }));
}

/** @param isGap where there is nothing to draw */
export function line(
  times: Float64Array,
  values: Float64Array,
  isGap: (value: number) => boolean = () => false,
): (LineData<UTCTimestamp> | WhitespaceData<UTCTimestamp>)[] {
  return Array.from(times, (time, i) =>
    isGap(values[i]!) ? {time: timestamp(time)} : {time: timestamp(time), value: values[i]!},
  );
}

/** The last candle that opened at or before a moment; -1 where none did.
 *  @param times ascending, ms */
export function candleAt(times: Float64Array, timeMs: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (times[middle]! <= timeMs) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function belowPeak(values: Float64Array, start: number): Float64Array {
  let peak = start;
  return values.map((value) => {
    peak = Math.max(peak, value);
    return value / peak - 1;
  });
}

function timestamp(timeMs: number): UTCTimestamp {
  return (timeMs / 1000) as UTCTimestamp;
}
