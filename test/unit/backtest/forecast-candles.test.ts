import {describe, expect, it} from 'vitest';
import {forecastCandles} from '../../../src/backtest/forecast-candles.js';
import {FeatureStream} from '../../../src/features/feature-stream.js';
import {computeFeatures} from '../../../src/features/compute-features.js';
import {forecastHistory} from '../../../src/model/predict-history.js';
import {Predictor} from '../../../src/model/predictor.js';
import {candlesOf} from '../../support/markets.js';
import {fakeModel} from '../../support/strategy.js';

const GAPS = candlesOf({
  seed: 5,
  startPrice: 100,
  stretches: [
    {kind: 'walk', length: 700},
    {kind: 'gap', length: 300},
    {kind: 'filled', length: 2},
    {kind: 'walk', length: 60},
  ],
});

describe('forecastCandles', () => {
  it('says what a run says of each candle, gaps and all', async () => {
    const model = fakeModel();
    const stream = new FeatureStream({regime: model.manifest.regime});
    const predictor = new Predictor(model, () => 0);
    const single = GAPS.flatMap((candle) => {
      const row = stream.push(candle);
      const forecast = row === undefined ? undefined : predictor.predict(row);
      return forecast === undefined ? [] : [forecast];
    });
    const {forecasts, rows, observed} = await forecastCandles(model, GAPS);
    expect([...forecasts.openTimesMs]).toEqual(single.map(({openTimeMs}) => openTimeMs));
    expect([...forecasts.logits]).toEqual(single.map(({logit}) => logit));
    expect([...forecasts.maxAbsInputs]).toEqual(single.map(({maxAbsInput}) => maxAbsInput));
    expect(rows).toBeGreaterThan(single.length);
    expect(observed).toBe(0);
  });

  it('goes on over the end of a stretch of rows as if there were none, and says how far it is', async () => {
    const long = candlesOf({seed: 9, startPrice: 50, stretches: [{kind: 'walk', length: 17_400}]});
    const model = fakeModel();
    const told: number[] = [];
    const {forecasts} = await forecastCandles(model, long, {onProgress: (done) => told.push(done)});
    const whole = await forecastHistory(model, computeFeatures(long, {regime: model.manifest.regime}));
    expect(forecasts).toEqual(whole);
    expect(told).toEqual([...told].sort((a, b) => a - b));
    expect(told.at(-1)).toBe(long.length);
  });

  it('stops where it is told to', async () => {
    const stop = new Error('stop');
    const checkpoint = (): void => {
      throw stop;
    };
    await expect(forecastCandles(fakeModel(), GAPS, {checkpoint})).rejects.toBe(stop);
  });

  it('has none for a history that is shorter than the warm-up', async () => {
    const {forecasts, rows} = await forecastCandles(fakeModel(), GAPS.slice(0, 500));
    expect(forecasts.openTimesMs).toHaveLength(0);
    expect(rows).toBe(0);
  });
});
