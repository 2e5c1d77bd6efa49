import {describe, expect, it} from 'vitest';
import {inferTimeframe} from '../../../src/candles/infer-timeframe.js';
import {START_MS} from '../../support/candles.js';

function inferred(
  minutes: readonly number[],
  wanted?: Parameters<typeof inferTimeframe>[1],
): string | undefined {
  return inferTimeframe(
    minutes.map((minute) => START_MS + minute * 60_000),
    wanted,
  )?.name;
}

describe('inferTimeframe', () => {
  it('takes the spacing of most neighbours, whatever single rows do', () => {
    expect(inferred([0, 5, 10, 15, 17, 20, 25, 30, 60, 65])).toBe('5m');
    expect(inferred([0, 5, 10, 15, 16, 20, 25])).toBe('5m');
  });

  it('takes the grid that holds most rows where no spacing has a majority', () => {
    expect(inferred([0, 10, 25, 30])).toBe('5m');
    expect(inferred([0, 5, 11, 15])).toBe('5m');
    expect(inferred([0, 60, 180])).toBe('1h');
  });

  it('takes the wanted one in doubt, if it is among the spacings', () => {
    const five = {name: '5m', ms: 300_000};
    expect(inferred([0, 5, 6, 15])).toBe('1m');
    expect(inferred([0, 5, 6, 15], five)).toBe('5m');
    expect(inferred([0, 60, 180], five)).toBe('1h');
  });

  it('says nothing about one time', () => {
    expect(inferred([])).toBeUndefined();
    expect(inferred([0, 0])).toBeUndefined();
    expect(inferred([5, 0])).toBeUndefined();
  });

  it('refuses spacings that are no whole seconds, unless others are', () => {
    expect(() => inferred([0, 0.005, 0.0125])).toThrow(
      /candles are 300 ms apart, which is no whole number of seconds/,
    );
    expect(inferred([0, 0.005, 5.005, 15.005])).toBe('5m');
    expect(inferred([0, 0.5, 1, 1.5])).toBe('30s');
  });
});
