import type {Candle} from '../../src/domain/candle.js';
import {candlesOf} from './markets.js';

/** The hourly candles of test/fixtures/features/candles.csv: quoted in cents and thousandths as an exchange quotes them, over
 *  Christmas, New Year and a special closure of the NYSE, with all that a real history has: two candles filled in, a day
 *  without volume, a stretch that stands still, a jump and a gap.
 *  `UPDATE_FIXTURES=1 npx vitest run test/unit/features/fixture-candles.test.ts` writes the file; the reference's rows follow with
 *  `python tools/reference/make_feature_reference.py --candles candles.csv --sentiment sentiment.csv --every 3 --out rows.json.gz`
 *  in that folder. */
export function fixtureCandles(): Candle[] {
  const market = candlesOf({
    seed: 2024,
    startPrice: 42_000,
    startMs: Date.UTC(2024, 10, 20),
    stepMs: 3_600_000,
    stretches: [
      {kind: 'walk', length: 400, volatility: 0.002},
      {kind: 'filled', length: 2},
      {kind: 'walk', length: 300, volatility: 0.006},
      {kind: 'silent', length: 24},
      {kind: 'walk', length: 60, volatility: 0.001},
      {kind: 'standing', length: 30},
      {kind: 'jump', length: 90, factor: 1.4},
      {kind: 'gap', length: 334, volatility: 0.003},
    ],
  });
  return market.map((candle) => ({
    ...candle,
    open: rounded(candle.open, 100),
    high: rounded(candle.high, 100),
    low: rounded(candle.low, 100),
    close: rounded(candle.close, 100),
    volume: rounded(candle.volume, 1000),
  }));
}

function rounded(value: number, parts: number): number {
  return Math.round(value * parts) / parts;
}
