import {describe, expect, it} from 'vitest';
import type {FeatureRow} from '../../../src/domain/feature-row.js';
import {InputPipeline} from '../../../src/model/input-pipeline.js';
import type {Model} from '../../../src/model/model-persistence.js';
import {forecastHistory, predictHistory} from '../../../src/model/predict-history.js';
import {Predictor} from '../../../src/model/predictor.js';
import {sigmoid} from '../../../src/model/sigmoid.js';
import {StandardScaler} from '../../../src/model/standard-scaler.js';
import {FakeNetwork} from '../../support/fake-network.js';
import {SMALL_MANIFEST, SMALL_SCHEMA, SMALL_SIZES} from '../../support/models.js';

function model(): Model & {network: FakeNetwork} {
  const scaler = StandardScaler.fromJSON({...SMALL_MANIFEST.scaler, mean: [0, 0, 0, 0, 1]});
  return {
    name: 'fake',
    manifest: {...SMALL_MANIFEST, weightsSha256: ''},
    network: new FakeNetwork(SMALL_SIZES),
    inputs: new InputPipeline(SMALL_SCHEMA, 'raw', scaler),
  };
}

/** One array for all rows, as a feature stream has it. */
const shared = new Float64Array(5);

function row(step: number, changes: Partial<FeatureRow> = {}): FeatureRow {
  shared.fill(Math.sin(step));
  return {openTimeMs: step * 60_000, values: shared, filled: false, segmentStart: step === 0, ...changes};
}

/** Goes on by one at every look. */
function ticking(): () => number {
  let nowMs = 0;
  return () => (nowMs += 1);
}

describe('Predictor', () => {
  it('forecasts from the third row of a segment on, where a sequence has three', () => {
    const predictor = new Predictor(model(), ticking());
    expect(predictor.predict(row(0))).toBeUndefined();
    expect(predictor.predict(row(1))).toBeUndefined();
    const forecast = predictor.predict(row(2))!;
    const expected = (Math.sin(0) + Math.sin(1) + Math.sin(2)) / 3 - 1 / 5;
    expect(forecast.logit).toBeCloseTo(expected, 6);
    expect(forecast).toEqual({
      openTimeMs: 120_000,
      logit: forecast.logit,
      probability: 1 / (1 + Math.exp(-forecast.logit)),
      model: 'fake',
      maxAbsInput: Math.sin(2),
      predictionTimeMs: 1,
    });
  });

  it('starts anew with a segment', () => {
    const predictor = new Predictor(model(), ticking());
    for (const step of [0, 1, 2]) predictor.predict(row(step));
    expect(predictor.predict(row(9, {segmentStart: true}))).toBeUndefined();
    expect(predictor.predict(row(10))).toBeUndefined();
    expect(predictor.predict(row(11))).toBeDefined();
  });

  it('forecasts the same after rows that were only observed, without asking the network about them', () => {
    const [whole, observed] = [model(), model()];
    const [first, second] = [new Predictor(whole, () => 0), new Predictor(observed, () => 0)];
    for (let step = 0; step < 50; step++) {
      first.predict(row(step));
      second.observe(row(step));
    }
    expect(observed.network.batches).toEqual([]);
    expect(second.predict(row(50))).toEqual(first.predict(row(50)));
  });

  it('says how far the newest row lies outside what training saw, before clipping', () => {
    const predictor = new Predictor(model(), ticking());
    for (const step of [0, 1]) predictor.predict(row(step));
    expect(predictor.predict({...row(2), values: Float64Array.of(0, 0, -42, 0, 1)})!.maxAbsInput).toBe(42);
    expect(predictor.predict(row(3))!.maxAbsInput).toBeLessThan(2);
  });
});

describe('predictHistory', () => {
  function history(rows: number, starts: readonly number[]) {
    const openTimesMs = Float64Array.from({length: rows}, (_, i) => i * 60_000);
    const values = Float64Array.from({length: rows * 5}, (_, i) => Math.sin(Math.floor(i / 5)));
    const segmentStart = Uint8Array.from({length: rows}, (_, i) => (starts.includes(i) ? 1 : 0));
    return {openTimesMs, values, segmentStart};
  }

  it('gives what the predictor gives candle by candle, some thousand at a time, across no gap', async () => {
    const whole = model();
    const rows = 9000;
    const matrix = history(rows, [0, 8400, 8401]);
    const predictor = new Predictor(model(), () => 0);
    const expected = [];
    for (let i = 0; i < rows; i++) {
      const forecast = predictor.predict(row(i, {segmentStart: matrix.segmentStart[i] === 1}));
      if (forecast !== undefined) expected.push([forecast.openTimeMs, forecast.logit, forecast.probability]);
    }
    const actual = [];
    for await (const batch of predictHistory(whole, matrix)) {
      for (const [i, openTimeMs] of batch.openTimesMs.entries()) {
        actual.push([openTimeMs, batch.logits[i], batch.probabilities[i]]);
      }
    }
    expect(actual).toEqual(expected);
    expect(actual).toHaveLength(rows - 2 - 1 - 2);
  });

  it('forecasts from a time on alone, with whole windows from the first', async () => {
    const matrix = history(9000, [0]);
    const all = await forecastHistory(model(), matrix);
    const told: number[] = [];
    const late = await forecastHistory(model(), matrix, {
      fromMs: matrix.openTimesMs[300]!,
      onProgress: (done) => told.push(done),
    });
    expect(late.openTimesMs).toEqual(matrix.openTimesMs.slice(300));
    expect(late.logits).toEqual(all.logits.slice(298));
    expect(late.maxAbsInputs).toEqual(all.maxAbsInputs.slice(298));
    expect(told).toEqual([8192, 8700]);
  });

  it('gives nothing for a history that is too short', async () => {
    const batches = [];
    for await (const batch of predictHistory(model(), history(2, [0]))) batches.push(batch);
    expect(batches).toEqual([]);
  });
});

describe('sigmoid', () => {
  it('is symmetric, bounded and never NaN', () => {
    expect(sigmoid(0)).toBe(0.5);
    expect(sigmoid(1) + sigmoid(-1)).toBeCloseTo(1, 15);
    expect([sigmoid(1000), sigmoid(-1000), sigmoid(Infinity), sigmoid(-Infinity)]).toEqual([1, 0, 1, 0]);
  });
});
