import {describe, expect, it} from 'vitest';
import {confidenceOf, signalOf, toPrediction} from '../../../src/decision/signal.js';
import {forecastAt} from '../../support/trading.js';

describe('signalOf', () => {
  it.each([
    [0.61, 'buy'],
    [1, 'buy'],
    [0.6, 'neutral'],
    [0.5, 'neutral'],
    [0.4, 'neutral'],
    [0.39, 'sell'],
    [0, 'sell'],
  ] as const)('reads %f at a threshold of 0.6 as %s', (probability, signal) => {
    expect(signalOf(probability, 0.6)).toBe(signal);
  });

  it.each([NaN, Infinity, -Infinity, 1.0001, -0.0001])(
    'reads %f, which is no probability, as neutral',
    (value) => {
      expect(signalOf(value, 0.6)).toBe('neutral');
    },
  );

  it('is neutral at a threshold that is no number', () => {
    expect(signalOf(0.99, NaN)).toBe('neutral');
    expect(signalOf(0.01, NaN)).toBe('neutral');
  });
});

describe('toPrediction', () => {
  it('has the public fields, in ms', () => {
    expect(toPrediction(forecastAt(0, 0.25), 0.6)).toEqual({
      signal: 'sell',
      confidence: 0.75,
      probability: 0.25,
      model: 'test',
      prediction_time_ms: 0.1,
    });
  });

  it('keeps a broken probability visible', () => {
    expect(confidenceOf(NaN)).toBeNaN();
  });
});
