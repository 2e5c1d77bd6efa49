import {describe, expect, it} from 'vitest';
import type {Candle} from '../../../src/domain/candle.js';
import {DlTradeError} from '../../../src/domain/errors.js';
import {computeFeatures} from '../../../src/features/compute-features.js';
import {FeatureStream} from '../../../src/features/feature-stream.js';
import {FEATURE_COUNT, FEATURE_NAMES, requiredHistory} from '../../../src/features/schema.js';
import {RecordedSentiment} from '../../../src/features/sentiment.js';
import {candlesOf, ordinaryMarket} from '../../support/markets.js';

const MARKET = ordinaryMarket(3, 720);

function failureOf(action: () => unknown): DlTradeError {
  try {
    action();
  } catch (error) {
    if (error instanceof DlTradeError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

function column(table: {readonly values: Float64Array}, name: string): number[] {
  const at = FEATURE_NAMES.indexOf(name);
  return [...table.values.filter((_, i) => i % FEATURE_COUNT === at)];
}

describe('FeatureStream', () => {
  it('gives its first row for the 601st candle and one for every candle after it', () => {
    const stream = new FeatureStream();
    const rows = MARKET.map((candle) => stream.push(candle) !== undefined);
    expect(rows.indexOf(true)).toBe(600);
    expect(rows.slice(600).every(Boolean)).toBe(true);
  });

  it('gives exactly one full sequence for the required history', () => {
    expect(computeFeatures(MARKET.slice(0, requiredHistory(50))).openTimesMs.length).toBe(50);
    expect(computeFeatures(MARKET.slice(0, 600)).openTimesMs.length).toBe(0);
    expect(computeFeatures([]).values.length).toBe(0);
  });

  it('hands out the same row object, overwritten by the next push', () => {
    const stream = new FeatureStream();
    for (const candle of MARKET.slice(0, 600)) stream.push(candle);
    const first = stream.push(MARKET[600]!);
    const second = stream.push(MARKET[601]!);
    expect(second).toBe(first);
    expect(second!.openTimeMs).toBe(MARKET[601]!.openTimeMs);
    expect(second!.values[3]).toBe(MARKET[601]!.close);
  });

  it('starts a segment with its first row only', () => {
    expect([...computeFeatures(MARKET).segmentStart]).toEqual([1, ...Array<number>(119).fill(0)]);
  });

  it('says which rows describe a filled candle', () => {
    const market = MARKET.map((candle, i) => (i === 650 || i === 651 ? {...candle, filled: true} : candle));
    const {filled} = computeFeatures(market);
    expect([...filled.keys()].filter((row) => filled[row] === 1)).toEqual([50, 51]);
  });

  it('is silent for 50 candles behind a gap and starts a new segment with the 51st', () => {
    const gapAt = 640;
    const market = MARKET.map((candle, i) => (i === gapAt ? {...candle, afterGap: true} : candle));
    const {openTimesMs, segmentStart} = computeFeatures(market);
    expect([...openTimesMs]).toEqual([
      ...market.slice(600, gapAt).map(({openTimeMs}) => openTimeMs),
      ...market.slice(gapAt + 50).map(({openTimeMs}) => openTimeMs),
    ]);
    expect([...segmentStart.keys()].filter((row) => segmentStart[row] === 1)).toEqual([0, 40]);
  });

  it('waits for the later of warm-up and gap', () => {
    const gapAt = (index: number) =>
      MARKET.map((candle, i) => (i === index ? {...candle, afterGap: true} : candle));
    const firstRow = (index: number) => computeFeatures(gapAt(index)).openTimesMs[0];
    expect(firstRow(0)).toBe(MARKET[600]!.openTimeMs);
    expect(firstRow(100)).toBe(MARKET[600]!.openTimeMs);
    expect(firstRow(550)).toBe(MARKET[600]!.openTimeMs);
    expect(firstRow(551)).toBe(MARKET[601]!.openTimeMs);
    expect(firstRow(600)).toBe(MARKET[650]!.openTimeMs);
  });

  it('keeps recursive averages across a gap and takes no change from it', () => {
    // The price behind the gap is ten times higher: any change over the gap would show for hundreds of candles.
    const before = ordinaryMarket(8, 640, 50);
    const step = 300_000;
    const after = ordinaryMarket(9, 120, 500).map((candle, i) => ({
      ...candle,
      openTimeMs: before.at(-1)!.openTimeMs + (i + 40) * step,
      ...(i === 0 ? {afterGap: true} : {}),
    }));
    const table = computeFeatures([...before, ...after]);
    const rows = table.openTimesMs.length;

    // RSI, ATR and the averages by the spec's recursions, with the gap's change left out.
    let [up, down, atr, ema] = [0, 0, 0, 0];
    const expected: {rsi: number; atr: number; ema: number}[] = [];
    [...before, ...after].forEach((candle, i, all) => {
      const previous = all[i - 1];
      const joined = previous !== undefined && candle.afterGap !== true;
      const change = joined ? candle.close - previous.close : 0;
      if (i === 1) [up, down] = [Math.max(change, 0), Math.max(-change, 0)];
      else if (joined) {
        up += (Math.max(change, 0) - up) / 14;
        down += (Math.max(-change, 0) - down) / 14;
      }
      const range = joined
        ? Math.max(
            candle.high - candle.low,
            Math.abs(candle.high - previous.close),
            Math.abs(candle.low - previous.close),
          )
        : candle.high - candle.low;
      atr = i === 0 ? range : atr + (range - atr) / 14;
      ema = i === 0 ? candle.close : ema + (2 / 13) * (candle.close - ema);
      expected.push({rsi: (100 * up) / (up + down), atr, ema});
    });
    const last = expected.at(-1)!;
    expect(column(table, 'rsi_14')[rows - 1]).toBeCloseTo(last.rsi, 9);
    expect(column(table, 'atr_14')[rows - 1]).toBeCloseTo(last.atr, 9);
    expect(column(table, 'ema_12')[rows - 1]).toBeCloseTo(last.ema, 9);
    expect(column(table, 'rsi_14')[40]).toBeCloseTo(expected[690]!.rsi, 9);
  });

  it('fills fear_greed_index as of the open time and says whether it was observed', () => {
    const sentiment = new RecordedSentiment([
      {timeMs: MARKET[605]!.openTimeMs, value: 20},
      {timeMs: MARKET[610]!.openTimeMs + 1, value: 80},
    ]);
    const stream = new FeatureStream({sentiment});
    const at = FEATURE_NAMES.indexOf('fear_greed_index');
    const seen = MARKET.flatMap((candle) => {
      const row = stream.push(candle);
      return row === undefined ? [] : [[row.values[at]!, row.sentimentObserved]];
    });
    expect(seen[4]).toEqual([50, false]);
    expect(seen[5]).toEqual([20, true]);
    expect(seen[10]).toEqual([20, true]);
    expect(seen[11]).toEqual([80, true]);
  });

  it.each([-1, 101, Number.NaN, Number.POSITIVE_INFINITY])('takes a sentiment of %d as missing', (value) => {
    const stream = new FeatureStream({sentiment: {valueAt: () => value}});
    const rows = MARKET.slice(0, 601).map((candle) => stream.push(candle));
    expect(rows[600]!.sentimentObserved).toBe(false);
    expect(rows[600]!.values[FEATURE_NAMES.indexOf('fear_greed_index')]).toBe(50);
  });

  it('takes a recalled sentiment for that candle alone, before what the series says', () => {
    const stream = new FeatureStream({sentiment: {valueAt: () => 20}});
    const at = FEATURE_NAMES.indexOf('fear_greed_index');
    const recalled = [80, null, undefined];
    const seen = MARKET.slice(0, 603).flatMap((candle, i) => {
      const row = stream.push(candle, recalled[i - 600]);
      return row === undefined ? [] : [[row.values[at], row.sentimentObserved]];
    });
    expect(seen).toEqual([
      [80, true],
      [50, false],
      [20, true],
    ]);
  });

  it('refuses regime parameters that are none', () => {
    const regime = {mean: [0, 0], variance: [1e-5, 1e-6], stay: [0.9, 0.9]} as const;
    expect(failureOf(() => new FeatureStream({regime})).code).toBe('MODEL_INVALID');
  });
});

describe('a candle that is none', () => {
  const good: Candle = {openTimeMs: 1000, open: 10, high: 12, low: 9, close: 11, volume: 5};

  it.each<[string, Partial<Candle>, string]>([
    ['NaN open', {open: Number.NaN}, 'open was "NaN"'],
    ['infinite high', {high: Number.POSITIVE_INFINITY}, 'high was "Infinity"'],
    ['zero low', {low: 0}, 'low was "0"'],
    ['negative close', {close: -1}, 'close was "-1"'],
    ['negative volume', {volume: -0.5}, 'volume was "-0.5"'],
    ['NaN volume', {volume: Number.NaN}, 'volume was "NaN"'],
    ['infinite volume', {volume: Number.POSITIVE_INFINITY}, 'volume was "Infinity"'],
    ['high below open', {high: 9.5}, 'high was "9.5"'],
    ['high below close', {high: 10.5}, 'high was "10.5"'],
    ['low above open', {low: 10.5}, 'low was "10.5"'],
    ['low above close', {open: 11.5, low: 11.2}, 'low was "11.2"'],
    ['a price that no square survives', {open: 1e200, high: 1e200}, 'open was "1e+200"'],
    ['a price that vanishes when squared', {low: 1e-200}, 'low was "1e-200"'],
    ['a fractional time', {openTimeMs: 1.5}, 'openTimeMs was "1.5"'],
    ['a time that no date can hold', {openTimeMs: -1e300}, 'openTimeMs was "-1e+300"'],
    ['a NaN time', {openTimeMs: Number.NaN}, 'openTimeMs was "NaN"'],
  ])('is refused for %s, by name and value', (_, broken, message) => {
    const error = failureOf(() => new FeatureStream().push({...good, ...broken}));
    expect(error.code).toBe('CANDLES_INVALID');
    expect(error.message).toContain(message);
    expect(error.details['field']).toBe(message.split(' ')[0]);
  });

  it('is refused where its time does not increase', () => {
    const stream = new FeatureStream();
    stream.push(good);
    expect(failureOf(() => stream.push(good)).message).toContain('openTimeMs was "1000"');
    expect(failureOf(() => stream.push({...good, openTimeMs: 999})).code).toBe('CANDLES_INVALID');
  });

  it('leaves the stream as it was', () => {
    const stream = new FeatureStream();
    for (const candle of MARKET.slice(0, 650)) stream.push(candle);
    const before = stream.snapshot();
    failureOf(() => stream.push({...MARKET[650]!, high: 1}));
    expect(stream.snapshot()).toEqual(before);
  });

  it('may have the smallest volume that there is without a row leaving the finite numbers', () => {
    const dust = ordinaryMarket(5, 640).map((candle, i) => ({
      ...candle,
      volume: i % 3 === 0 ? 5e-324 : 1e-310,
    }));
    expect(computeFeatures(dust).values.every(Number.isFinite)).toBe(true);
  });
});

describe('degenerate windows', () => {
  const flat = candlesOf({
    seed: 4,
    startPrice: 0.1,
    stretches: [
      {kind: 'walk', length: 300},
      {kind: 'flat', length: 500},
    ],
  });
  const table = computeFeatures(flat);

  it.each([
    ['bb_position_20', 0.5],
    ['bb_width_20', 0],
    ['price_position_20', 0.5],
    ['williams_r_14', -50],
    ['rsi_14', 50],
    ['volume_ratio_5', 1],
    ['volume_ratio_50', 1],
    ['price_to_vwap_20', 1],
    ['skew_20', 0],
    ['kurt_20', 0],
    ['amihud_20', 0],
    ['std_5', 0],
    ['std_50', 0],
    ['std_ratio_20', 0],
    ['roll_spread_20', 0],
    ['garman_klass_20', 0],
    ['corwin_schultz', 0],
    ['obv_50', 0],
    ['return_50', 0],
    ['momentum_20', 0],
  ])('%s is exactly %d on a flat stretch without volume', (name, value) => {
    expect(new Set(column(table, name))).toEqual(new Set([value]));
  });

  it('give zero skewness and kurtosis to equal returns that are not zero', () => {
    const doubling = Array.from({length: 40}, (_, i): Candle => {
      const close = 2 ** i;
      return {openTimeMs: 1 + i, open: close, high: close, low: close, close, volume: 1};
    });
    const market = [
      ...ordinaryMarket(6, 620, 1).map((candle, i) => ({...candle, openTimeMs: i - 1000})),
      ...doubling,
    ];
    expect(column(computeFeatures(market), 'skew_20').at(-1)).toBe(0);
    expect(column(computeFeatures(market), 'kurt_20').at(-1)).toBe(0);
  });
});
