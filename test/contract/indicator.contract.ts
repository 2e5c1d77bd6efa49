import {describe, expect, it} from 'vitest';
import type {Candle} from '../../src/domain/candle.js';
import {CandleWindow} from '../../src/features/candle-window.js';
import type {Indicator} from '../../src/features/indicators/indicator.js';
import {FEATURE_TABLE, GAP_CANDLES, WARM_UP_CANDLES} from '../../src/features/schema.js';
import {candlesOf, NASTY_MARKETS, ordinaryMarket} from '../support/markets.js';

const UNTOUCHED = 12345.678;

/** What an indicator writes for each candle; one cell before and one behind its block show what it must not touch. */
function rowsOf(make: () => Indicator, candles: readonly Candle[], width: number): Float64Array[] {
  const indicator = make();
  const window = new CandleWindow();
  return candles.map((candle, i) => {
    const row = new Float64Array(width + 2).fill(UNTOUCHED);
    window.push(candle, i > 0 && candle.afterGap !== true);
    indicator.update(window, row, 1);
    return row;
  });
}

/** Candles that a stream would give a row for. */
function isWarm(candles: readonly Candle[], index: number): boolean {
  const gap = candles.findLastIndex((candle, i) => i <= index && i > 0 && candle.afterGap === true);
  return index >= WARM_UP_CANDLES && (gap < 0 || index - gap >= GAP_CANDLES);
}

/** What every indicator promises. A new one registers with one line in test/contract/indicators.test.ts. */
export function indicatorContract(make: () => Indicator): void {
  const {name} = make();
  const features = FEATURE_TABLE.filter(({indicator}) => indicator === name);
  const width = features.length;
  const ordinary = ordinaryMarket(77, 760);
  const blockOf = (row: Float64Array) => row.subarray(1, 1 + width);

  describe(`indicator ${name}`, () => {
    it('stands in the schema as one block', () => {
      const first = FEATURE_TABLE.findIndex(({indicator}) => indicator === name);
      expect(width).toBeGreaterThan(0);
      expect(FEATURE_TABLE.slice(first, first + width)).toEqual(features);
    });

    it('writes every feature of its block and nothing else', () => {
      for (const row of rowsOf(make, ordinary, width)) {
        expect(row[0]).toBe(UNTOUCHED);
        expect(row[1 + width]).toBe(UNTOUCHED);
        expect(blockOf(row)).not.toContain(UNTOUCHED);
      }
    });

    it('keeps no memory but its state', () => {
      const whole = rowsOf(make, ordinary, width);
      const first = make();
      const second = make();
      const window = new CandleWindow();
      const row = new Float64Array(width);
      ordinary.forEach((candle, i) => {
        window.push(candle, i > 0);
        // From the middle on another instance takes over, with nothing but the window and the state.
        if (i < 700) first.update(window, row, 0);
        if (i === 699) second.state?.set(first.state!);
        if (i >= 700) {
          second.update(window, row, 0);
          expect(row).toEqual(blockOf(whole[i]!));
        }
      });
    });

    it.each(features.map((feature, column) => ({...feature, column})))(
      '$name looks back no further than it says',
      ({lookBack, column}) => {
        if (lookBack === 'recursive') {
          expect(make().state).toBeDefined();
          return;
        }
        const start = 300;
        const short = rowsOf(make, ordinary.slice(start - lookBack), width);
        expect(short[lookBack]![1 + column]).toBe(rowsOf(make, ordinary, width)[start]![1 + column]);
      },
    );

    it('scales as its units say, to the bit', () => {
      const [priceScale, volumeScale] = [2 ** 7, 2 ** -5];
      const scaled = ordinary.map((candle) => ({
        ...candle,
        open: candle.open * priceScale,
        high: candle.high * priceScale,
        low: candle.low * priceScale,
        close: candle.close * priceScale,
        volume: candle.volume * volumeScale,
      }));
      const scaleOf = {
        price: priceScale,
        'price-difference': priceScale,
        volume: volumeScale,
        '1/turnover': 1 / (priceScale * volumeScale),
        none: 1,
      };
      const plain = rowsOf(make, ordinary, width);
      rowsOf(make, scaled, width).forEach((row, i) => {
        if (i < 50) return;
        expect([...blockOf(row)]).toEqual(features.map(({unit}, k) => plain[i]![1 + k]! * scaleOf[unit]));
      });
    });

    it.each(Object.entries(NASTY_MARKETS))('is finite on a market of %s once warm', (_, plan) => {
      const candles = candlesOf(plan);
      rowsOf(make, candles, width).forEach((row, i) => {
        if (isWarm(candles, i)) expect(blockOf(row).every(Number.isFinite)).toBe(true);
      });
    });

    it('never writes a negative zero on a flat market', () => {
      const flat = candlesOf({seed: 1, startPrice: 0.1, stretches: [{kind: 'flat', length: 700}]});
      const last = blockOf(rowsOf(make, flat, width).at(-1)!);
      expect(last.every((value) => Number.isFinite(value) && !Object.is(value, -0))).toBe(true);
    });
  });
}
