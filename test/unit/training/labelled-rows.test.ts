import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {LabelledRows} from '../../../src/training/labelled-rows.js';
import type {LabelledRow} from '../../../src/training/labelled-rows.js';
import {labelRows, sampleRows} from '../../../src/training/samples.js';

/** All rows of a history through the stream; each row's only value is its number. */
function labelled(closes: readonly number[], starts: readonly boolean[], horizon: number): LabelledRow[] {
  const stream = new LabelledRows(horizon);
  const rows = closes.flatMap((close, i) =>
    stream.push({openTimeMs: i, values: Float64Array.of(i), close, segmentStart: starts[i]!}),
  );
  return [...rows, ...stream.end()];
}

describe('LabelledRows', () => {
  it('labels a row when the close a horizon later is known: higher 1, equal or lower 0, never NaN', () => {
    const labels = labelled([1, 2, 2, 3, 1], [true, false, false, false, false], 2).map(({label}) => label);
    expect(labels).toEqual([1, 1, 0, NaN, NaN]);
  });

  it('labels across no gap', () => {
    const labels = labelled([1, 2, 3, 4], [true, false, true, false], 1).map(({label}) => label);
    expect(labels).toEqual([1, NaN, 1, NaN]);
  });

  it('gives every row once, in order, with the label that training gives it', () => {
    const history = fc.array(fc.record({close: fc.integer({min: 1, max: 4}), starts: fc.boolean()}), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(history, fc.integer({min: 1, max: 7}), (rows, horizon) => {
        const closes = rows.map(({close}) => close);
        const starts = rows.map(({starts}, i) => i === 0 || starts);
        const found = labelled(closes, starts, horizon);
        expect(found.map(({openTimeMs, values}) => [openTimeMs, values[0]])).toEqual(
          closes.map((_, i) => [i, i]),
        );
        const segmentStart = Uint8Array.from(starts, Number);
        const samples = new Set(sampleRows({segmentStart}, {sequenceLength: 1, horizon}));
        const labels = labelRows(
          {values: Float64Array.from(closes), openTimesMs: new Float64Array(closes.length)},
          {columns: 1, close: 0, horizon},
        );
        expect(found.map(({label}) => label)).toEqual(
          closes.map((_, i) => (samples.has(i) ? labels[i] : NaN)),
        );
      }),
    );
  });
});
