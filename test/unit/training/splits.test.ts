import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {sampleRows} from '../../../src/training/samples.js';
import {splitAt, splitChronologically} from '../../../src/training/splits.js';

function rows(count: number, first = 0): Int32Array {
  return Int32Array.from({length: count}, (_, i) => first + i);
}

describe('splitChronologically', () => {
  it('gives 70, 15 and 15 in a hundred in the order of time, less the purge', () => {
    const split = splitChronologically(rows(100, 49), {horizon: 5});
    expect([...split.train]).toEqual([...rows(65, 49)]);
    expect([...split.validation]).toEqual([...rows(10, 119)]);
    expect([...split.test]).toEqual([...rows(15, 134)]);
    expect(split.purged).toBe(10);
  });

  it('leaves the embargo out behind each boundary', () => {
    const split = splitChronologically(rows(100), {horizon: 5, embargo: 3});
    expect([split.train.at(-1), split.validation[0], split.validation.at(-1), split.test[0]]).toEqual([
      64, 73, 79, 88,
    ]);
  });

  it('takes other fractions', () => {
    const split = splitChronologically(rows(20), {horizon: 1, fractions: {train: 0.5, validation: 0.25}});
    expect([split.train.length, split.validation.length, split.test.length]).toEqual([9, 4, 5]);
  });

  it('keeps views over the samples, not copies', () => {
    const samples = rows(100);
    const split = splitChronologically(samples, {horizon: 1});
    for (const part of [split.train, split.validation, split.test]) expect(part.buffer).toBe(samples.buffer);
  });

  it('purges less where a gap lies before the boundary', () => {
    const samples = Int32Array.from([...rows(68), ...rows(32, 100)]);
    const split = splitChronologically(samples, {horizon: 5});
    expect(split.train.at(-1)).toBe(67);
    expect(
      splitChronologically(Int32Array.from([...rows(70), ...rows(30, 100)]), {horizon: 5}).train,
    ).toHaveLength(70);
  });

  it('never lets a label of one part look into the next, whatever the gaps', () => {
    const gaps = fc.array(fc.integer({min: 1, max: 9}), {minLength: 60, maxLength: 300});
    const options = fc.record({horizon: fc.integer({min: 1, max: 4}), embargo: fc.integer({min: 0, max: 3})});
    fc.assert(
      fc.property(gaps, options, (steps, {horizon, embargo}) => {
        let row = 0;
        const samples = Int32Array.from(steps, (step) => (row += step));
        const split = splitChronologically(samples, {horizon, embargo});
        expect(split.train.at(-1)! + horizon).toBeLessThan(split.validation[0]!);
        expect(split.validation.at(-1)! + horizon).toBeLessThan(split.test[0]!);
        const kept = split.train.length + split.validation.length + split.test.length;
        expect(kept + split.purged).toBe(samples.length - 2 * embargo);
      }),
    );
  });

  it.each(['train', 'validation', 'test'])('refuses samples that leave none for the %s part', (part) => {
    const options = {
      train: {horizon: 100},
      validation: {horizon: 2, embargo: 14},
      test: {horizon: 1, embargo: 15, fractions: {train: 0.5, validation: 0.4}},
    }[part]!;
    expect(() => splitChronologically(rows(100), options)).toThrow(
      expect.objectContaining({
        code: 'CANDLES_TOO_FEW',
        message: `100 samples leave none for the ${part} part; give a longer history`,
      }) as Error,
    );
  });

  it('refuses no samples, and fractions that are none', () => {
    expect(() => splitChronologically(rows(0), {horizon: 1})).toThrow(
      /^0 samples leave none for the train part/,
    );
    for (const fractions of [
      {train: 0.9, validation: 0.1},
      {train: 0, validation: 0.5},
      {train: NaN, validation: 0.1},
    ]) {
      expect(() => splitChronologically(rows(100), {horizon: 1, fractions})).toThrow(
        expect.objectContaining({code: 'CONFIG_INVALID'}) as Error,
      );
    }
  });
});

describe('sampleRows', () => {
  const segmentStart = Uint8Array.of(1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0);

  it('takes rows with a whole sequence before and a label behind them in their segment', () => {
    expect([...sampleRows({segmentStart}, {sequenceLength: 3, horizon: 1})]).toEqual([2, 3, 4, 8]);
    expect([...sampleRows({segmentStart}, {sequenceLength: 1, horizon: 3})]).toEqual([0, 1, 2, 6]);
    expect([...sampleRows({segmentStart}, {sequenceLength: 9, horizon: 1})]).toEqual([]);
    expect([...sampleRows({segmentStart: new Uint8Array(0)}, {sequenceLength: 1, horizon: 1})]).toEqual([]);
  });
});

describe('splitAt', () => {
  it('divides at given places, with the same purge and embargo', () => {
    const split = splitAt(
      rows(100, 49),
      {from: 10, validationFrom: 40, testFrom: 60, to: 80},
      {horizon: 5, embargo: 2},
    );
    expect([...split.train]).toEqual([...rows(25, 59)]);
    expect([...split.validation]).toEqual([...rows(13, 91)]);
    expect([...split.test]).toEqual([...rows(18, 111)]);
    expect(split.purged).toBe(10);
  });

  it('never lets a label reach the next part', () => {
    fc.assert(
      fc.property(
        fc.integer({min: 1, max: 12}),
        fc.integer({min: 0, max: 5}),
        fc.uniqueArray(fc.integer({min: 0, max: 300}), {minLength: 4, maxLength: 4}),
        (horizon, embargo, places) => {
          const [from, validationFrom, testFrom, to] = places.sort((a, b) => a - b) as [
            number,
            number,
            number,
            number,
          ];
          let split;
          try {
            split = splitAt(rows(300), {from, validationFrom, testFrom, to}, {horizon, embargo});
          } catch {
            return;
          }
          expect(split.train.at(-1)! + horizon).toBeLessThan(validationFrom);
          expect(split.validation.at(-1)! + horizon).toBeLessThan(testFrom);
          expect(split.train[0]).toBe(from);
          expect(split.validation[0]).toBe(validationFrom + embargo);
          expect(split.test[0]).toBe(testFrom + embargo);
        },
      ),
    );
  });

  it('refuses to leave a part empty', () => {
    expect(() =>
      splitAt(rows(100), {from: 0, validationFrom: 50, testFrom: 53, to: 100}, {horizon: 5}),
    ).toThrow('none for the validation part');
  });
});
