import type {Candle} from '../../src/domain/candle.js';

/** Numbers in [0, 1) that are the same on every machine (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** A stretch of a made-up market.
 *  walk: moves by about `volatility` a candle. flat: nothing moves, nothing is traded. standing: nothing moves, volume
 *  goes on. silent: moves without volume. jump: one candle `factor` times higher or lower, then a walk.
 *  filled: flat candles that stand in for missing ones. gap: a walk behind a gap too long to fill. */
export interface Stretch {
  readonly kind: 'walk' | 'flat' | 'standing' | 'silent' | 'jump' | 'filled' | 'gap';
  readonly length: number;
  readonly volatility?: number;
  readonly factor?: number;
}

export interface MarketPlan {
  readonly seed: number;
  readonly startPrice: number;
  readonly stretches: readonly Stretch[];
  readonly startMs?: number;
  readonly stepMs?: number;
}

const FIVE_MINUTES_MS = 300_000;

/** The candles of a plan: basic arithmetic alone, so that they are the same bits everywhere. */
export function candlesOf(plan: MarketPlan): Candle[] {
  const random = seededRandom(plan.seed);
  const stepMs = plan.stepMs ?? FIVE_MINUTES_MS;
  let openTimeMs = plan.startMs ?? Date.UTC(2025, 2, 1);
  let price = plan.startPrice;
  const candles: Candle[] = [];

  for (const stretch of plan.stretches) {
    if (stretch.kind === 'gap') openTimeMs += 40 * stepMs;
    for (let i = 0; i < stretch.length; i++, openTimeMs += stepMs) {
      if (stretch.kind === 'jump' && i === 0) price *= stretch.factor ?? 1000;
      const still = stretch.kind === 'flat' || stretch.kind === 'standing' || stretch.kind === 'filled';
      const traded =
        stretch.kind === 'flat' || stretch.kind === 'filled' || stretch.kind === 'silent' ? 0 : 1;
      const open = price;
      price = still ? price : price * (1 + (stretch.volatility ?? 0.002) * bell(random));
      const reach = still ? 0 : (stretch.volatility ?? 0.002) * random();
      candles.push({
        openTimeMs,
        open,
        high: Math.max(open, price) * (1 + reach),
        low: Math.min(open, price) * (1 - reach * random()),
        close: price,
        volume: traded * 100 * random() * random(),
        ...(stretch.kind === 'filled' ? {filled: true} : {}),
        ...(stretch.kind === 'gap' && i === 0 ? {afterGap: true} : {}),
      });
    }
  }
  return candles;
}

/** Bell-shaped in (-2, 2), from sums alone. */
function bell(random: () => number): number {
  return random() + random() + random() + random() - 2;
}

/** Calm and volatile stretches in turn, as a market has them. */
export function ordinaryMarket(seed: number, count: number, startPrice = 100): Candle[] {
  const random = seededRandom(seed + 1);
  const stretches: Stretch[] = [];
  let left = count;
  while (left > 0) {
    const length = Math.min(left, 20 + Math.floor(80 * random()));
    stretches.push({kind: 'walk', length, volatility: random() < 0.5 ? 0.0012 : 0.005});
    left -= length;
  }
  return candlesOf({seed, startPrice, stretches});
}

/** Markets that break careless indicators, each long enough to leave the warm-up in the middle of the trouble. */
export const NASTY_MARKETS: Readonly<Record<string, MarketPlan>> = {
  'flat prices': {
    seed: 11,
    startPrice: 97.3,
    stretches: [
      {kind: 'walk', length: 560},
      {kind: 'standing', length: 120},
      {kind: 'walk', length: 30},
      {kind: 'flat', length: 400},
      {kind: 'walk', length: 5},
      {kind: 'standing', length: 21},
      {kind: 'walk', length: 100},
    ],
  },
  'no volume': {
    seed: 12,
    startPrice: 3.7,
    stretches: [
      {kind: 'walk', length: 590},
      {kind: 'silent', length: 90},
      {kind: 'walk', length: 3},
      {kind: 'silent', length: 40},
      {kind: 'walk', length: 80},
      {kind: 'filled', length: 3},
      {kind: 'walk', length: 80},
    ],
  },
  'jumps of 1000 times': {
    seed: 13,
    startPrice: 21.9,
    stretches: [
      {kind: 'walk', length: 620},
      {kind: 'jump', length: 70, factor: 1000},
      {kind: 'jump', length: 90, factor: 0.001},
      {kind: 'jump', length: 30, factor: 0.001},
      {kind: 'standing', length: 60},
      {kind: 'jump', length: 60, factor: 1000},
      {kind: 'walk', length: 60, volatility: 0.2},
    ],
  },
  'prices of 1e-8': {
    seed: 14,
    startPrice: 1e-8,
    stretches: [
      {kind: 'walk', length: 700},
      {kind: 'standing', length: 40},
      {kind: 'walk', length: 200},
    ],
  },
  'prices of 1e8': {
    seed: 15,
    startPrice: 1e8,
    stretches: [
      {kind: 'walk', length: 700, volatility: 1e-6},
      {kind: 'standing', length: 40},
      {kind: 'walk', length: 200},
    ],
  },
  'moves of a few units in the last place': {
    seed: 16,
    startPrice: 1e8,
    stretches: [
      {kind: 'walk', length: 600},
      {kind: 'walk', length: 300, volatility: 1e-15},
    ],
  },
  gaps: {
    seed: 17,
    startPrice: 250,
    stretches: [
      {kind: 'walk', length: 300},
      {kind: 'gap', length: 400},
      {kind: 'gap', length: 20, volatility: 0.02},
      {kind: 'gap', length: 49},
      {kind: 'gap', length: 120},
      {kind: 'filled', length: 2},
      {kind: 'gap', length: 90},
    ],
  },
};
