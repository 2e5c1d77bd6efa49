import type {Candle} from '../../src/domain/candle.js';
import {SeededRandom} from '../../src/domain/seeded-random.js';
import {START_MS} from './candles.js';

const HOUR_MS = 3_600_000;

/** Hourly candles whose every close repeats the direction of the one before with a known probability, and nothing else can be
 *  told: with 0.5 a random walk, with more a planted signal whose best possible accuracy at horizon 1 is that number. */
export function plantedMarket(options: {candles: number; repeats: number; seed: string}): Candle[] {
  const {candles, repeats, seed} = options;
  const random = new SeededRandom(seed);
  let [price, direction] = [100, 1];
  return Array.from({length: candles}, (_, i) => {
    direction = random.uniform() < repeats ? direction : -direction;
    const open = price;
    price *= Math.exp(direction * 0.004 * (0.5 + random.uniform()));
    const reach = 1 + 0.001 * random.uniform();
    return {
      openTimeMs: START_MS + i * HOUR_MS,
      ...{open, close: price},
      ...{high: Math.max(open, price) * reach, low: Math.min(open, price) / reach},
      volume: 50 + 100 * random.uniform(),
    };
  });
}

/** How often the best possible rule is right on some rows: the close moves on as it did last.
 *  @param openTimesMs of the candles that are forecast on */
export function bestAccuracy(candles: readonly Candle[], openTimesMs: ArrayLike<number>): number {
  let right = 0;
  for (const openTimeMs of Array.from(openTimesMs)) {
    const at = (openTimeMs - START_MS) / HOUR_MS;
    const rose = candles[at]!.close > candles[at]!.open;
    if (candles[at + 1]!.close > candles[at]!.close === rose) right += 1;
  }
  return right / openTimesMs.length;
}
