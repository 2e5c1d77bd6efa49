import {describe, expect, it} from 'vitest';
import {parseOhlcv} from '../../../src/exchange/parse-ohlcv.js';
import {FIVE_MINUTES, candleAt} from '../../support/candles.js';

const ROWS = Array.from({length: 5}, (_, i) => {
  const {openTimeMs, open, high, low, close, volume} = candleAt(i);
  return [openTimeMs, open, high, low, close, volume];
});

describe('parseOhlcv', () => {
  it('turns rows into candles, whatever an exchange appends to them', () => {
    const rows = ROWS.map((row, i) => (i === 2 ? [...row, 'more', null] : row));
    const parsed = parseOhlcv(rows, FIVE_MINUTES, Infinity);
    expect(parsed).toEqual({ok: true, candles: ROWS.map((_, i) => candleAt(i))});
  });

  it('leaves out the candle that is still open, and those behind it', () => {
    const parsed = parseOhlcv(ROWS, FIVE_MINUTES, candleAt(3).openTimeMs);
    expect(parsed).toEqual({ok: true, candles: [0, 1, 2].map((i) => candleAt(i))});
  });

  it.each([undefined, null, {}, 'text'])('refuses %j', (rows) => {
    expect(parseOhlcv(rows, FIVE_MINUTES, Infinity)).toMatchObject({ok: false});
  });

  it('says which row is wrong', () => {
    const parsed = parseOhlcv([ROWS[0], [1, 2, 3], ROWS[2]], FIVE_MINUTES, Infinity);
    const fault = 'candle 2 of 3: the row was [1,2,3], want a time and five numbers';
    expect(parsed).toEqual({ok: false, fault});
    expect(parseOhlcv([undefined], FIVE_MINUTES, Infinity)).toEqual({
      ok: false,
      fault: 'candle 1 of 1: the row was missing, want a time and five numbers',
    });
  });
});
