import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, it, vi} from 'vitest';
import type {CandleWindow} from '../../../src/features/candle-window.js';
import type {Indicator} from '../../../src/features/indicators/indicator.js';
import {proveFile} from '../../../src/session/prove-file.js';
import {candlesToCsv} from '../../support/candle-csv.js';
import {ordinaryMarket} from '../../support/markets.js';
import {temporaryDirectory} from '../../support/temporary-directory.js';

// What a user does who adds a feature, done badly: a class behind the port `Indicator`, registered in the stream and named
// in the schema's table. Two of the table's indicators are replaced by such classes.

vi.mock('../../../src/features/indicators/williams-r.js', () => {
  /** Scaled by the highest price that any stream of this process ever saw, so the whole history at its first computation
   *  and its future at the second: a scaler that was fitted on everything. */
  class Leaky implements Indicator {
    static highest = 0;
    readonly name = 'williams-r';

    update(window: CandleWindow, row: Float64Array, at: number): void {
      Leaky.highest = Math.max(Leaky.highest, window.high[window.head]!);
      row[at] = window.close[window.head]! / Leaky.highest;
    }
  }
  return {WilliamsR: Leaky};
});

vi.mock('../../../src/features/indicators/on-balance-volume.js', () => {
  /** On-balance volume as the textbook has it: it sums since history began. */
  class SeedDependent implements Indicator {
    readonly name = 'on-balance-volume';
    readonly state = new Float64Array(1);

    update(window: CandleWindow, row: Float64Array, at: number): void {
      if (window.hasChange) this.state[0]! += window.signedVolume[window.head]!;
      row[at] = this.state[0]!;
    }
  }
  return {OnBalanceVolume: SeedDependent};
});

it('names a leaky and a seed-dependent feature, with the law, the first candle and the size, and no other', async () => {
  const market = ordinaryMarket(12, 1600);
  const candlesFile = join(temporaryDirectory(), 'candles.csv');
  writeFileSync(candlesFile, candlesToCsv(market));
  const {holds, breaches} = await proveFile({candlesFile});
  expect(holds).toBe(false);
  const broken = new Set(breaches.map(({law, feature}) => `${feature}: ${law}`));
  expect(broken).toContain('williams_r_14: causality');
  expect(broken).toContain('obv_50: history-independence');
  expect(new Set(breaches.map(({feature}) => feature))).toEqual(new Set(['williams_r_14', 'obv_50']));
  for (const {firstOpenTimeMs, openTimeMs, difference, expected, actual} of breaches) {
    expect(difference).toBe(Math.abs(expected - actual));
    expect(difference).toBeGreaterThan(0);
    expect(market.slice(600).map((candle) => candle.openTimeMs)).toContain(firstOpenTimeMs);
    expect(firstOpenTimeMs).toBeLessThanOrEqual(openTimeMs);
  }
  const seeded = breaches.find(({feature}) => feature === 'obv_50')!;
  // The volume that the shorter history never saw.
  const atWorst = market.findIndex(({openTimeMs}) => openTimeMs === seeded.openTimeMs);
  expect(seeded.difference).toBeLessThan(market.slice(0, atWorst).reduce((sum, {volume}) => sum + volume, 0));
});
