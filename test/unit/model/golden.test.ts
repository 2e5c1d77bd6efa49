import {describe, expect, it} from 'vitest';
import {makeGolden, parseGolden, verifyGolden} from '../../../src/model/golden.js';
import {FakeNetwork} from '../../support/fake-network.js';
import {SMALL_SIZES} from '../../support/models.js';

const WINDOWS = Float32Array.from({length: 2 * 3 * 5}, (_, i) => Math.sin(i));
const NETWORK = new FakeNetwork(SMALL_SIZES);
const LOGITS = NETWORK.predict(WINDOWS, 2, 3);
const ABOUT = {computedBy: 'PyTorch 2.13.0', tolerance: 1e-5};

describe('golden files', () => {
  it('agree with the network that they were made of, after a round trip through JSON', () => {
    const golden = parseGolden(JSON.stringify(makeGolden(WINDOWS, LOGITS, ABOUT)), 'g');
    expect(verifyGolden(NETWORK, 3, golden)).toEqual({
      ...ABOUT,
      ...{windows: 2, largestDifference: 0, agrees: true},
    });
  });

  it('may hold their windows as nested numbers', () => {
    const nested = [0, 1].map((b) =>
      [0, 1, 2].map((t) => [...WINDOWS.subarray(b * 15 + t * 5, b * 15 + t * 5 + 5)]),
    );
    const golden = parseGolden(
      JSON.stringify({format: 1, ...ABOUT, windows: nested, logits: [...LOGITS]}),
      'g',
    );
    expect(verifyGolden(NETWORK, 3, golden).agrees).toBe(true);
  });

  it('disagree with other weights, by how much, and with a logit that is none', () => {
    const golden = makeGolden(WINDOWS, LOGITS, ABOUT);
    const report = verifyGolden(new FakeNetwork(SMALL_SIZES, 1.5), 3, golden);
    expect(report.agrees).toBe(false);
    expect(report.largestDifference).toBeCloseTo(0.5 * Math.max(...LOGITS.map(Math.abs)), 6);
    expect(verifyGolden(new FakeNetwork(SMALL_SIZES, NaN), 3, golden).agrees).toBe(false);
  });

  it('are refused where the windows do not have the shape', () => {
    const golden = makeGolden(WINDOWS, LOGITS, ABOUT);
    expect(() => verifyGolden(NETWORK, 4, golden)).toThrow(
      'golden.json: windows was "30 values", want 2 x 4 x 5',
    );
  });

  it('are refused where a window holds what is no float32 number', () => {
    const golden = makeGolden(WINDOWS.with(7, Infinity), LOGITS, ABOUT);
    expect(() => verifyGolden(NETWORK, 3, golden)).toThrow('a value of windows was "Infinity"');
  });

  it.each([
    ['{', /^g is no golden file: SyntaxError/],
    ['{"format": 2}', /^g is no golden file: format/],
    [JSON.stringify({...makeGolden(WINDOWS, [], ABOUT)}), /^g is no golden file: logits/],
    [
      JSON.stringify({...makeGolden(WINDOWS, [1], ABOUT), tolerance: 1e30}),
      /^g is no golden file: tolerance/,
    ],
  ])('are refused where the text is %s', (text, message) => {
    expect(() => parseGolden(text, 'g')).toThrow(message);
  });
});
