import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {FEATURE_SCHEMA} from '../../../src/features/schema.js';
import {AnchoredInputs} from '../../../src/model/anchored-inputs.js';
import {InputPipeline} from '../../../src/model/input-pipeline.js';
import {StandardScaler} from '../../../src/model/standard-scaler.js';
import {SMALL_SCHEMA} from '../../support/models.js';

function anchored(values: readonly number[], scale: 'anchored' | 'raw' = 'anchored'): number[] {
  const out = new Float64Array(5);
  new AnchoredInputs(SMALL_SCHEMA, scale).apply(Float64Array.from(values), out);
  return [...out];
}

function scaled(scaler: StandardScaler, row: readonly number[]): {row: number[]; largest: number} {
  const out = new Float32Array(row.length);
  const largest = scaler.transform(Float64Array.from(row), out);
  return {row: [...out], largest};
}

/** One column of values. */
function fitColumn(values: readonly number[]): StandardScaler {
  return new StandardScaler().fit(Float64Array.from(values), 1, {from: 0, to: values.length});
}

describe('AnchoredInputs', () => {
  it('turns each unit into a number without a scale', () => {
    expect(anchored([200, 5, 40, 0.25, 61])).toEqual([0, 0.025, 1, 1e-6 * 0.25 * 200 * 40, 61]);
  });

  it('gives 0 for a volume where the mean volume is 0', () => {
    expect(anchored([200, 5, 0, 0, 61]).slice(2, 4)).toEqual([0, 0]);
  });

  it('leaves raw inputs as they are', () => {
    expect(anchored([200, 5, 40, 0.25, 61], 'raw')).toEqual([200, 5, 40, 0.25, 61]);
  });

  it('does not change when prices and volumes are in other units, a power of two apart', () => {
    const row = fc.array(fc.double({min: 0.001, max: 1e6, noNaN: true}), {minLength: 5, maxLength: 5});
    const shift = fc.integer({min: -20, max: 20});
    fc.assert(
      fc.property(row, shift, shift, (values, priceShift, volumeShift) => {
        const [price, volume] = [2 ** priceShift, 2 ** volumeShift];
        const [sma, macd, volumeMean, amihud, rsi] = values as [number, number, number, number, number];
        const other = [sma * price, macd * price, volumeMean * volume, amihud / (price * volume), rsi];
        expect(anchored(other)).toEqual(anchored(values));
      }),
    );
  });

  it('reads a row from the middle of a matrix', () => {
    const matrix = Float64Array.of(1, 1, 1, 1, 1, 200, 5, 40, 0.25, 61);
    const out = new Float64Array(5);
    new AnchoredInputs(SMALL_SCHEMA, 'anchored').apply(matrix, out, 5);
    expect(out[1]).toBe(0.025);
  });

  it('knows the units of all 86 features', () => {
    const row = Float64Array.from(FEATURE_SCHEMA.features, ({unit}) => (unit === 'none' ? 7 : 2));
    const out = new Float64Array(86);
    new AnchoredInputs(FEATURE_SCHEMA, 'anchored').apply(row, out);
    const expected = {price: 0, 'price-difference': 1, volume: 1, '1/turnover': 8e-6, none: 7};
    for (const [i, {unit, name}] of FEATURE_SCHEMA.features.entries()) {
      expect(out[i], name).toBeCloseTo(expected[unit], 12);
    }
  });

  it('refuses a schema without anchors, unless inputs are raw', () => {
    const schema = {...SMALL_SCHEMA, features: SMALL_SCHEMA.features.slice(1)};
    expect(() => new AnchoredInputs(schema, 'anchored')).toThrow(
      'schema "small/1" has no sma_50 and volume_sma_50, which anchored inputs need; use input scale raw',
    );
    expect(new AnchoredInputs(schema, 'raw').size).toBe(4);
  });
});

describe('StandardScaler', () => {
  it('takes mean and population deviation, as sklearn does', () => {
    const values = Float64Array.of(1, 10, 2, 20, 3, 30, 4, 80);
    const scaler = new StandardScaler().fit(values, 2, {from: 0, to: 4});
    expect(scaler.toJSON()).toEqual({
      mean: [2.5, 35],
      scale: [Math.sqrt(1.25), Math.sqrt(725)],
      constant: [],
      clip: 8,
    });
  });

  it('uses the rows that it is told to and no other', () => {
    const values = Float64Array.of(NaN, 1, 3, Infinity);
    expect(new StandardScaler().fit(values, 1, {from: 1, to: 3}).toJSON()).toMatchObject({
      mean: [2],
      scale: [1],
    });
  });

  it('keeps the digits of small deviations around a large mean', () => {
    const values = Array.from({length: 10_000}, (_, i) => 1e8 + (i % 2 === 0 ? 1 : -1) * 2 ** -10);
    const {mean, scale} = fitColumn(values).toJSON();
    expect(mean[0]).toBe(1e8);
    expect(scale[0]).toBeCloseTo(2 ** -10, 9);
  });

  it('feeds 0 for a column that was constant in training, whatever it is later', () => {
    const scaler = fitColumn([0.1, 0.1, 0.1]);
    expect(scaler.toJSON()).toMatchObject({mean: [0.1], scale: [1], constant: [0]});
    expect(scaled(scaler, [99])).toEqual({row: [0], largest: 0});
    const denormal = fitColumn([0, 5e-324]);
    expect(denormal.toJSON().constant).toEqual([0]);
  });

  it('clips to 8 deviations and says how far outside the row was', () => {
    const scaler = fitColumn([-1, 1]);
    expect(scaled(scaler, [-20])).toEqual({row: [-8], largest: 20});
    expect(scaled(scaler, [9])).toEqual({row: [8], largest: 9});
    expect(scaled(scaler, [8])).toEqual({row: [8], largest: 8});
    expect(scaled(scaler, [-Infinity])).toEqual({row: [-8], largest: Infinity});
  });

  it('does not clip where weights were trained without', () => {
    const scaler = StandardScaler.fromJSON({mean: [0], scale: [2], constant: [], clip: null});
    expect(scaled(scaler, [100]).row).toEqual([50]);
    expect(scaler.toJSON().clip).toBeNull();
  });

  it('gives the same bits after it was stored as JSON', () => {
    const column = fc.array(fc.double({min: -1e9, max: 1e9, noNaN: true}), {minLength: 1, maxLength: 30});
    fc.assert(
      fc.property(column, fc.double({noNaN: true}), (values, probe) => {
        const scaler = fitColumn(values);
        const stored = JSON.parse(JSON.stringify(scaler)) as ReturnType<StandardScaler['toJSON']>;
        expect(scaled(StandardScaler.fromJSON(stored), [probe])).toEqual(scaled(scaler, [probe]));
      }),
    );
  });

  it('refuses to scale before it is fitted', () => {
    const scaler = new StandardScaler();
    expect(scaler.isFitted).toBe(false);
    for (const use of [() => scaled(scaler, [1]), () => scaler.toJSON()]) {
      expect(use).toThrow(
        expect.objectContaining({
          code: 'SCALER_NOT_FITTED',
          exitCode: 4,
          message: 'Scaler not fitted; fit it on training rows or load a model that has one',
        }) as Error,
      );
    }
    scaler.fit(Float64Array.of(1, 2), 1, {from: 0, to: 2});
    expect(scaler.isFitted).toBe(true);
  });

  it('refuses no rows, and rows that are no numbers', () => {
    expect(() => fitColumn([])).toThrow(/given no training rows/);
    expect(() => fitColumn([1, NaN])).toThrow('row 1, column 0 was "NaN", want a finite number');
    expect(() => scaled(fitColumn([1, 2]), [NaN])).toThrow('input 0 was "NaN", want a number');
  });
});

describe('InputPipeline', () => {
  it('anchors, scales and writes float32 where it is told to', () => {
    const scaler = StandardScaler.fromJSON({
      ...{mean: [0, 0, 0, 0, 50], scale: [1, 0.01, 1, 1, 2], constant: [2]},
      clip: 8,
    });
    const pipeline = new InputPipeline(SMALL_SCHEMA, 'anchored', scaler);
    const out = new Float32Array(12).fill(-1);
    expect(pipeline.write(Float64Array.of(0, 200, 5, 40, 0.25, 70), out, 6, 1)).toBe(10);
    expect([...out]).toEqual([-1, -1, -1, -1, -1, -1, 0, 2.5, 0, Math.fround(0.002), 8, -1]);
  });

  it('refuses a scaler of another size, and one that is not fitted', () => {
    expect(() => new InputPipeline(SMALL_SCHEMA, 'raw', fitColumn([1, 2]))).toThrow(
      'the scaler was fitted on "1" columns, want the 5 of schema small/1',
    );
    expect(() => new InputPipeline(SMALL_SCHEMA, 'raw', new StandardScaler())).toThrow(/Scaler not fitted/);
  });
});
