import {describe, expect, it} from 'vitest';
import type {Candle} from '../../../src/domain/candle.js';
import {parseTimeframe} from '../../../src/domain/timeframe.js';
import {simulateCandles} from '../../../src/exchange/simulate-candles.js';
import {DEFAULT_REGIME} from '../../../src/features/regime-filter.js';
import {FEATURE_NAMES} from '../../../src/features/schema.js';
import {prepareTraining} from '../../../src/training/prepare-training.js';

const CANDLES = [
  ...simulateCandles({symbol: 'BTC/USDT', timeframe: parseTimeframe('1h'), seed: 3, candles: 2000}),
];

/** Everything from a time on is another market. */
function changedFrom(timeMs: number): Candle[] {
  return CANDLES.map((candle) => {
    if (candle.openTimeMs < timeMs) return candle;
    const {open, high, low, close, volume} = candle;
    return {...candle, open: open * 3, high: high * 4, low: low * 2, close: close * 3, volume: volume * 9};
  });
}

describe('prepareTraining', () => {
  const data = prepareTraining(CANDLES);
  const lastTrainingMs = data.train.openTimeMs(data.train.length - 1);

  it('turns candles into three parts of sequences of 86 inputs', () => {
    const samples = 2000 - 600 - 49 - 5;
    expect(data.train.length + data.validation.length + data.test.length + data.split.purged).toBe(samples);
    expect(data.train.length).toBe(Math.floor(samples * 0.7) - 5);
    expect(data.train.shape).toEqual({steps: 50, size: 86});
    expect(data.features.openTimesMs).toHaveLength(1400);
  });

  it('fits regime and scaler on training candles: what comes later does not change them to the bit', () => {
    const other = prepareTraining(changedFrom(lastTrainingMs + 1));
    expect(other.regime).toEqual(data.regime);
    expect(other.preprocessor.scaler.toJSON()).toEqual(data.preprocessor.scaler.toJSON());
    expect([...other.train.window(0)]).toEqual([...data.train.window(0)]);
  });

  it('does see training candles', () => {
    const other = prepareTraining(changedFrom(lastTrainingMs));
    expect(other.regime).not.toEqual(data.regime);
    expect(other.preprocessor.scaler.toJSON()).not.toEqual(data.preprocessor.scaler.toJSON());
  });

  it('fits on the fold alone where its training does not begin with the history', () => {
    const boundaries = () => ({from: 400, validationFrom: 800, testFrom: 1000, to: 1200});
    const fold = prepareTraining(CANDLES, {boundaries});
    expect([fold.train.length, fold.validation.length, fold.test.length]).toEqual([395, 195, 200]);
    const firstMs = fold.train.openTimeMs(0) - 49 * 3_600_000;
    // Candles before the fold still warm the recursive features up, which forget them: far below what a fit can see.
    const before = CANDLES.map((candle) =>
      candle.openTimeMs < firstMs - 600 * 3_600_000 ? {...candle, volume: candle.volume * 2} : candle,
    );
    const other = prepareTraining(before, {boundaries});
    expect(other.regime).toEqual(fold.regime);
    expect(other.preprocessor.scaler.toJSON()).toEqual(fold.preprocessor.scaler.toJSON());
    expect(fold.preprocessor.scaler.toJSON()).not.toEqual(data.preprocessor.scaler.toJSON());
  });

  it('hands a fit of one’s own the returns up to the last training row', () => {
    let seen = 0;
    const own = prepareTraining(CANDLES, {
      horizon: 1,
      sentiment: {valueAt: () => 30},
      fitRegime(returns) {
        seen = returns.length;
        return DEFAULT_REGIME;
      },
    });
    expect(own.regime).toEqual(DEFAULT_REGIME);
    expect(own.features.values[FEATURE_NAMES.indexOf('fear_greed_index')]).toBe(30);
    expect(own.train.openTimeMs(own.train.length - 1)).toBe(CANDLES[seen]!.openTimeMs);
  });

  it('refuses a history that is too short', () => {
    expect(() => prepareTraining(CANDLES.slice(0, 650))).toThrow(/0 samples leave none for the train part/);
  });
});
