import fc from 'fast-check';
import type {Candle} from '../../src/domain/candle.js';
import type {Forecast} from '../../src/domain/forecast.js';
import {candleAt, forecastAt} from './trading.js';

/** One step of a random run: a candle that may be filled, thin or behind a gap, and a forecast that may be broken. */
export interface RandomStep {
  readonly candle: Candle;
  readonly forecast: Forecast | undefined;
  readonly halted: boolean;
}

const step = fc.record({
  moveBps: fc.integer({min: -400, max: 400}),
  gapBps: fc.integer({min: -60, max: 60}),
  volume: fc.constantFrom(0, 5, 40, 150, 1e6, 1e6),
  kind: fc.constantFrom('usual', 'usual', 'usual', 'usual', 'usual', 'filled', 'after-gap'),
  probability: fc.constantFrom(0.05, 0.2, 0.35, 0.45, 0.55, 0.65, 0.8, 0.95, NaN),
  maxAbsInput: fc.constantFrom(1, 3, 3, 3, 3, 1000),
  warming: fc.constantFrom(false, false, false, false, true),
  halted: fc.constantFrom(false, false, false, false, false, true),
});

/** Candles in cents around 100, so that a hundred steps wander far. */
export const randomSteps: fc.Arbitrary<RandomStep[]> = fc
  .array(step, {minLength: 10, maxLength: 80, size: 'max'})
  .map((steps) => {
    let close = 10_000;
    let index = -1;
    return steps.map((s) => {
      index += s.kind === 'after-gap' ? 7 : 1;
      const filled = s.kind === 'filled';
      const open = filled ? close : cents(close, s.gapBps);
      close = filled ? close : cents(open, s.moveBps);
      const candle = candleAt(index, close / 100, {
        open: open / 100,
        high: Math.max(open, close) / 100,
        low: Math.min(open, close) / 100,
        volume: filled ? 0 : s.volume,
        ...(filled ? {filled} : {}),
        ...(s.kind === 'after-gap' ? {afterGap: true} : {}),
      });
      const forecast = s.warming ? undefined : forecastAt(index, s.probability, {maxAbsInput: s.maxAbsInput});
      return {candle, forecast, halted: s.halted};
    });
  });

function cents(from: number, moveBps: number): number {
  return Math.max(100, Math.round(from * (1 + moveBps / 10_000)));
}
