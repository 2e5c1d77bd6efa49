import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import type {FeatureSchema} from '../../../src/domain/feature-schema.js';
import type {FeatureMatrix} from '../../../src/model/predict-history.js';
import {DataPreprocessor} from '../../../src/training/data-preprocessor.js';
import type {PreprocessorOptions} from '../../../src/training/data-preprocessor.js';
import {SMALL_SCHEMA} from '../../support/models.js';

const SCHEMA: FeatureSchema = {
  ...SMALL_SCHEMA,
  features: [{name: 'close', unit: 'price'}, ...SMALL_SCHEMA.features],
};
const SIZE = 6;

/** Plausible rows: close, sma_50, macd, volume_sma_50, amihud_20 and an rsi that never changes. */
function matrix(rows: number, starts: readonly number[] = [0]): FeatureMatrix {
  const values = new Float64Array(rows * SIZE);
  for (let row = 0; row < rows; row++) {
    const close = 100 + 10 * Math.sin(row * 1.7);
    values.set([close, 100 + Math.sin(row), Math.cos(row), 50 + Math.sin(row * 3), 0.1, 61], row * SIZE);
  }
  return {
    openTimesMs: Float64Array.from({length: rows}, (_, row) => row * 60_000),
    values,
    segmentStart: Uint8Array.from({length: rows}, (_, row) => (starts.includes(row) ? 1 : 0)),
  };
}

function preprocessor(options: Partial<PreprocessorOptions> = {}): DataPreprocessor {
  return new DataPreprocessor({schema: SCHEMA, sequenceLength: 10, horizon: 5, ...options});
}

describe('DataPreprocessor', () => {
  it('has sequences of 50 rows, a horizon of 5 and anchored inputs unless told otherwise', () => {
    const plain = new DataPreprocessor({schema: SCHEMA});
    expect(plain).toMatchObject({sequenceLength: 50, horizon: 5, inputScale: 'anchored'});
  });

  it('divides a history in time, training before validation before test', () => {
    const {train, validation, test, split} = preprocessor().prepare(matrix(214));
    expect([train.length, validation.length, test.length, split.purged]).toEqual([135, 25, 30, 10]);
    expect(train.openTimeMs(0)).toBe(9 * 60_000);
    expect(train.openTimeMs(134)).toBeLessThan(validation.openTimeMs(0) - 5 * 60_000);
    expect(validation.openTimeMs(24)).toBeLessThan(test.openTimeMs(0) - 5 * 60_000);
    expect(test.openTimeMs(29)).toBe(208 * 60_000);
  });

  it('gives windows of T rows by F inputs, all over one matrix', () => {
    const {train, validation, test} = preprocessor().prepare(matrix(200));
    const {buffer} = train.window(0);
    expect(buffer.byteLength).toBe(200 * SIZE * 4);
    for (const part of [train, validation, test]) {
      expect(part.shape).toEqual({steps: 10, size: SIZE});
      expect(part.window(0)).toHaveLength(10 * SIZE);
      expect(part.window(part.length - 1).buffer).toBe(buffer);
    }
  });

  it('labels a sample by the close a horizon later, against its own', () => {
    const history = matrix(200);
    const close = (row: number): number => history.values[row * SIZE]!;
    const {train, test} = preprocessor().prepare(history);
    for (const part of [train, test]) {
      for (let sample = 0; sample < part.length; sample++) {
        const row = part.openTimeMs(sample) / 60_000;
        expect(part.label(sample)).toBe(close(row + 5) > close(row) ? 1 : 0);
      }
    }
    expect(train.positiveRate).toBeGreaterThan(0.2);
    expect(train.positiveRate).toBeLessThan(0.8);
  });

  it('calls an equal close no rise', () => {
    const flat = matrix(200);
    for (let row = 0; row < 200; row++) flat.values[row * SIZE] = 100;
    expect(preprocessor().prepare(flat).train.positiveRate).toBe(0);
  });

  it('lets no sequence and no label cross a gap', () => {
    const {train, validation, test} = preprocessor().prepare(matrix(300, [0, 40, 120, 250]));
    for (const part of [train, validation, test]) {
      for (let sample = 0; sample < part.length; sample++) {
        const last = part.openTimeMs(sample) / 60_000;
        for (const start of [40, 120, 250]) expect(last - 9 >= start || last + 5 < start).toBe(true);
      }
    }
  });

  it('fits the scaler on anchored training rows and no other', () => {
    const history = matrix(200);
    const fitted = preprocessor().fit(history);
    const last = fitted.split(history).train.at(-1)!;
    const levels = Array.from({length: last + 1}, (_, row) => {
      return history.values[row * SIZE]! / history.values[row * SIZE + 1]! - 1;
    });
    const mean = levels.reduce((sum, value) => sum + value, 0) / levels.length;
    const variance = levels.reduce((sum, value) => sum + (value - mean) ** 2, 0) / levels.length;
    const {mean: means, scale, constant} = fitted.scaler.toJSON();
    expect(means[0]).toBeCloseTo(mean, 12);
    expect(scale[0]).toBeCloseTo(Math.sqrt(variance), 12);
    // sma_50 and volume_sma_50 anchored to themselves, and the rsi.
    expect(constant).toEqual([1, 3, 5]);
  });

  it('gives the same scaler to the bit whatever stands behind the last training row', () => {
    const history = matrix(200);
    const before = preprocessor().fit(history).scaler.toJSON();
    const behind = preprocessor().split(history).train.at(-1)! + 1;
    const value = fc.double({min: -1e6, max: 1e6, noNaN: true});
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(), value), {minLength: 1, maxLength: 50}), (changes) => {
        const changed = {...history, values: history.values.slice()};
        const from = behind * SIZE;
        for (const [at, to] of changes) changed.values[from + (at % (changed.values.length - from))] = to;
        expect(preprocessor().fit(changed).scaler.toJSON()).toEqual(before);
      }),
    );
    const inside = {...history, values: history.values.slice()};
    inside.values[(behind - 1) * SIZE] = 1e6;
    expect(preprocessor().fit(inside).scaler.toJSON()).not.toEqual(before);
  });

  it('feeds mean 0 and deviation 1 in training, 0 for constants, and clips what lies outside', () => {
    const history = matrix(200);
    history.values[199 * SIZE + 2] = -1e9;
    const inputs = preprocessor().fit(history).transform(history);
    expect(inputs).toHaveLength(200 * SIZE);
    const last = preprocessor().split(history).train.at(-1)!;
    const closes = Array.from({length: last + 1}, (_, row) => inputs[row * SIZE]!);
    const mean = closes.reduce((sum, value) => sum + value, 0) / closes.length;
    expect(mean).toBeCloseTo(0, 5);
    expect(closes.reduce((sum, value) => sum + value ** 2, 0) / closes.length).toBeCloseTo(1, 5);
    for (let row = 0; row < 200; row++) expect(inputs[row * SIZE + 5]).toBe(0);
    expect(inputs[199 * SIZE + 2]).toBe(-8);
  });

  it('feeds raw values scaled where asked to', () => {
    const raw = preprocessor({inputScale: 'raw'}).fit(matrix(200));
    expect(raw.scaler.toJSON().mean[1]).toBeCloseTo(100, 0);
  });

  it('takes other shares and an embargo', () => {
    const options = {fractions: {train: 0.5, validation: 0.25}, embargo: 4};
    const {split} = preprocessor(options).prepare(matrix(214));
    expect([split.train.length, split.validation.length, split.test.length]).toEqual([95, 41, 46]);
  });

  it('refuses to transform before it is fitted', () => {
    expect(() => preprocessor().transform(matrix(20))).toThrow(
      expect.objectContaining({code: 'SCALER_NOT_FITTED', exitCode: 4}) as Error,
    );
    expect(() => preprocessor().transform(matrix(20))).toThrow(/^Scaler not fitted/);
  });

  it('refuses a history that is too short, and a schema without close', () => {
    expect(() => preprocessor().prepare(matrix(12))).toThrow(
      expect.objectContaining({code: 'CANDLES_TOO_FEW', exitCode: 3}) as Error,
    );
    expect(() => new DataPreprocessor({schema: SMALL_SCHEMA})).toThrow(
      'schema "small/1" has no close, which labels are made of',
    );
  });
});
