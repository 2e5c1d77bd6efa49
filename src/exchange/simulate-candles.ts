import {floorToGrid} from '../candles/check-candle.js';
import type {Candle} from '../domain/candle.js';
import {DlTradeError} from '../domain/errors.js';
import type {Timeframe} from '../domain/timeframe.js';
import {SeededRandom} from '../domain/seeded-random.js';

/** A symbol of the simulated market. */
interface SimulatedSymbol {
  /** Price that the walk starts from and is drawn back to. */
  readonly price: number;
  /** Deviation of a year's log return. */
  readonly volatility: number;
  readonly dailyVolumeBase: number;
  /** Whole ticks and lots in one unit: integers, so that a price is the double nearest to its decimal. */
  readonly ticksPerQuote: number;
  readonly lotsPerBase: number;
}

const SYMBOLS: Readonly<Record<string, SimulatedSymbol>> = {
  'BTC/USDT': {
    ...{price: 60_000, volatility: 0.55, dailyVolumeBase: 20_000},
    ...{ticksPerQuote: 100, lotsPerBase: 100_000},
  },
  'ETH/USDT': {
    ...{price: 3_000, volatility: 0.7, dailyVolumeBase: 300_000},
    ...{ticksPerQuote: 100, lotsPerBase: 10_000},
  },
  'SOL/USDT': {
    ...{price: 150, volatility: 0.9, dailyVolumeBase: 3_000_000},
    ...{ticksPerQuote: 100, lotsPerBase: 1_000},
  },
};

/** What the simulated market trades. */
export const SIMULATED_SYMBOLS: readonly string[] = Object.keys(SYMBOLS);

const DAY_MS = 86_400_000;
const YEAR_MS = 365 * DAY_MS;
/** 2024-01-01, a Monday. */
const DEFAULT_START_MS = 1_704_067_200_000;
/** The price comes back to its starting level with this time constant, so that an endless run stays plausible. */
const REVERSION_MS = 130 * DAY_MS;
/** Moves within a candle: they make its high and low. */
const MOVES = 8;

/** Calm and stormy: how much of the volatility they have, their drift in deviations (which cancel out
 *  in the long run), and how likely they last a candle more. */
const REGIMES = [
  {scale: 0.7, drift: 0.01, stay: 0.99},
  {scale: 1.8, drift: -0.03, stay: 0.97},
] as const;

/** GARCH(1, 1) with mean 1: how much of the variance comes from the last move and from the last variance. */
const GARCH = {news: 0.06, memory: 0.92} as const;

const JUMP = {probability: 0.003, minDeviations: 3, maxDeviations: 8} as const;

/** Activity by UTC hour: Asia, the London morning, New York, the quiet after it; a day's mean is about 1. */
const ACTIVITY = [
  ...[1.0, 0.95, 0.9, 0.85, 0.8, 0.8, 0.85, 0.95],
  ...[1.05, 1.05, 1.0, 0.95, 1.05, 1.35, 1.45, 1.4],
  ...[1.3, 1.15, 1.05, 1.0, 1.0, 0.9, 0.8, 0.85],
] as const;
const WEEKEND_ACTIVITY = 0.7;

/** Which market is made up, and from which seed. */
export interface SimulationOptions {
  /** One of `SIMULATED_SYMBOLS`. */
  readonly symbol: string;
  readonly timeframe: Timeframe;
  /** The same seed, symbol, timeframe and start give the same candles to the bit. */
  readonly seed: number;
  /** Open time of the first candle behind the prefill, moved down to the grid; 2024-01-01 unless said otherwise. */
  readonly startMs?: number;
  /** So many candles come in front of `startMs`, to warm a strategy up. */
  readonly prefill?: number;
  /** Candles behind the prefill; endless unless said otherwise. */
  readonly candles?: number;
}

/** @throws SYMBOL_UNKNOWN, naming those that are known */
export function requireSimulatedSymbol(symbol: string): void {
  if (Object.hasOwn(SYMBOLS, symbol)) return;
  throw new DlTradeError(
    'SYMBOL_UNKNOWN',
    `symbol was "${symbol}", which the simulated market does not trade; it has ${SIMULATED_SYMBOLS.join(', ')}`,
    {details: {symbol, known: SIMULATED_SYMBOLS}},
  );
}

/** Candles of a market that never was: a random walk whose volatility switches between two regimes, clusters, jumps, and
 *  follows the hours of the day and the week. No future candle can be told from past ones beyond that.
 *  @throws SYMBOL_UNKNOWN */
export function* simulateCandles(options: SimulationOptions): Generator<Candle, void, undefined> {
  requireSimulatedSymbol(options.symbol);
  const {timeframe, prefill = 0, candles = Infinity} = options;
  const symbol = SYMBOLS[options.symbol]!;
  const random = new SeededRandom(`${String(options.seed)} ${options.symbol} ${timeframe.name}`);
  const deviation = symbol.volatility * Math.sqrt(timeframe.ms / YEAR_MS);
  const reversion = Math.min(1, timeframe.ms / REVERSION_MS);
  let openTimeMs = floorToGrid(options.startMs ?? DEFAULT_START_MS, timeframe) - prefill * timeframe.ms;
  let closeTicks = Math.round(symbol.price * symbol.ticksPerQuote);
  let regime: 0 | 1 = 0;
  let variance = 1;

  for (let count = prefill + candles; count > 0; count--) {
    if (random.uniform() > REGIMES[regime].stay) regime = regime === 0 ? 1 : 0;
    const {scale, drift} = REGIMES[regime];
    const activity = activityAt(openTimeMs, timeframe);
    const sigma = deviation * scale * activity * Math.sqrt(variance);
    const open = closeTicks / symbol.ticksPerQuote;
    const mean = drift * deviation - reversion * Math.log(open / symbol.price);
    const jumpsAt = random.uniform() < JUMP.probability ? Math.floor(random.uniform() * MOVES) : -1;

    let price = open;
    let high = open;
    let low = open;
    for (let move = 0; move < MOVES; move++) {
      let change = mean / MOVES + (sigma / Math.sqrt(MOVES)) * random.normal();
      if (move === jumpsAt) change += jump(random) * sigma;
      // A move loses at most half, so that no price reaches 0.
      price *= 1 + Math.max(change, -0.5);
      if (price > high) high = price;
      if (price < low) low = price;
    }

    const surprise = (price / open - 1 - mean) / sigma;
    variance = 1 - GARCH.news - GARCH.memory + variance * (GARCH.news * surprise * surprise + GARCH.memory);
    // A run of jumps must not blow the variance up for good.
    variance = Math.min(variance, 25);

    const openTicks = closeTicks;
    closeTicks = toTicks(price, symbol);
    const base = symbol.dailyVolumeBase * (timeframe.ms / DAY_MS) * activity * activity;
    const volume = base * Math.exp(0.4 * random.normal()) * (0.4 + 0.6 * Math.abs(surprise) * scale);
    yield {
      openTimeMs,
      open: openTicks / symbol.ticksPerQuote,
      high: toTicks(high, symbol) / symbol.ticksPerQuote,
      low: toTicks(low, symbol) / symbol.ticksPerQuote,
      close: closeTicks / symbol.ticksPerQuote,
      volume: Math.round(volume * symbol.lotsPerBase) / symbol.lotsPerBase,
    };
    openTimeMs += timeframe.ms;
  }
}

function toTicks(price: number, {ticksPerQuote}: SimulatedSymbol): number {
  return Math.max(1, Math.round(price * ticksPerQuote));
}

/** In deviations, up or down. */
function jump(random: SeededRandom): number {
  const size = JUMP.minDeviations + (JUMP.maxDeviations - JUMP.minDeviations) * random.uniform();
  return random.uniform() < 0.5 ? -size : size;
}

/** Days and longer hold all hours alike; weeks hold all days alike. */
function activityAt(openTimeMs: number, timeframe: Timeframe): number {
  // 1970-01-01 was a Thursday.
  const day = (Math.floor(openTimeMs / DAY_MS) + 3) % 7;
  const weekend = day >= 5 && timeframe.ms <= DAY_MS ? WEEKEND_ACTIVITY : 1;
  if (timeframe.ms >= DAY_MS) return weekend;
  return weekend * ACTIVITY[Math.floor((openTimeMs % DAY_MS) / 3_600_000)]!;
}
