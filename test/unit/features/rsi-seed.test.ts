import {describe, expect, it} from 'vitest';
import {computeFeatures} from '../../../src/features/compute-features.js';
import {FEATURE_COUNT, FEATURE_NAMES, FEATURE_TABLE} from '../../../src/features/schema.js';
import {candlesOf} from '../../support/markets.js';
import type {Stretch} from '../../support/markets.js';

const BEFORE = 700;

/** Rows of one feature by time. */
function columnOf(
  {openTimesMs, values}: ReturnType<typeof computeFeatures>,
  name: string,
): Map<number, number> {
  const at = FEATURE_NAMES.indexOf(name);
  return new Map([...openTimesMs].map((time, row) => [time, values[row * FEATURE_COUNT + at]!]));
}

/** Largest difference of a feature between a market and the same one from the candle before its drop on. */
function differences(behindDrop: readonly Stretch[]): Map<string, number> {
  const candles = candlesOf({
    seed: 41,
    startPrice: 65_000,
    stretches: [{kind: 'walk', length: BEFORE}, {kind: 'jump', length: 320, factor: 0.001}, ...behindDrop],
  });
  const whole = computeFeatures(candles);
  const short = computeFeatures(candles.slice(BEFORE - 1));
  expect(short.openTimesMs.length).toBeGreaterThan(0);
  return new Map(
    FEATURE_TABLE.map(({name}) => {
      const expected = columnOf(whole, name);
      const found = [...columnOf(short, name)].map(([time, value]) => Math.abs(value - expected.get(time)!));
      return [name, Math.max(...found)];
    }),
  );
}

// A seed is a first change that counts fourteen times as much as it would later. Both Wilder averages forget it at the same
// rate; where nothing moves behind it, their ratio stands still and so remembers it until both count as nothing.
describe('rsi_14 of a history that begins right before a thousandfold drop and ends in a flat stretch', () => {
  const found = differences([{kind: 'standing', length: 285}]);

  it('still shows by a few thousandths of a point where the history began', () => {
    expect(found.get('rsi_14')).toBeGreaterThan(1e-4);
    expect(found.get('rsi_14')).toBeLessThan(1e-1);
  });

  it('is the only feature that does', () => {
    for (const [name, difference] of found)
      if (name !== 'rsi_14') expect(difference, name).toBeLessThan(1e-9);
  });

  it('has forgotten it where the market goes on moving', () => {
    expect(differences([{kind: 'walk', length: 285}]).get('rsi_14')).toBeLessThan(1e-9 * 50);
  });
});
