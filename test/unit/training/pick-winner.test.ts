import {describe, expect, it} from 'vitest';
import {pickWinner} from '../../../src/training/pick-winner.js';

const lstm = {model: 'lstm', logLoss: 0.69, accuracy: 0.55};
const transformer = {model: 'transformer', logLoss: 0.688, accuracy: 0.53};

describe('pickWinner', () => {
  it('takes the lower log loss, whatever the accuracy and the order', () => {
    expect(pickWinner([lstm, transformer])).toBe(transformer);
    expect(pickWinner([transformer, lstm])).toBe(transformer);
  });

  it('takes the higher accuracy, then the first name, where the losses agree', () => {
    const near = {...lstm, logLoss: 0.6880000001};
    expect(pickWinner([transformer, near])).toBe(near);
    const twin = {...transformer, model: 'a'};
    expect(pickWinner([transformer, twin])).toBe(twin);
    expect(pickWinner([twin, transformer])).toBe(twin);
  });

  it('never takes one whose loss is no number', () => {
    const broken = {model: 'a', logLoss: NaN, accuracy: 0.9};
    expect(pickWinner([lstm, broken])).toBe(lstm);
    expect(pickWinner([broken, lstm])).toBe(lstm);
    expect(() => pickWinner([])).toThrow(RangeError);
  });
});
