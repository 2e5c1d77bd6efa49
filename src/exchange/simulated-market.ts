import type {CandleSource} from '../candles/candle-source.js';
import type {Candle} from '../domain/candle.js';
import {DlTradeError} from '../domain/errors.js';
import type {Timeframe} from '../domain/timeframe.js';
import {SeededRandom} from './seeded-random.js';

/** 2026-01-01 00:00 UTC: where every simulation begins, so that a seed is all it takes to see it again. */
export const SIMULATION_START_MS = 1_767_225_600_000;

const YEAR_MS = 365 * 86_400_000;
const DAY_MS = 86_400_000;
const MONDAY_MS = 4 * DAY_MS;
/** Moves within a candle, from which its high and low come. */
const STEPS_A_CANDLE = 8;

interface SimulatedSymbol {
  /** First price, quote per base. */
  readonly price: number;
  /** Deviation of a year's log return. */
  readonly volatility: number;
  /** Mean volume of a day, base. */
  readonly dailyVolume: number;
  readonly ticksPerUnit: number;
  readonly lotsPerUnit: number;
}

const SYMBOLS: Readonly<Record<string, SimulatedSymbol>> = {
  'BTC/USDT': {price: 60_000, volatility: 0.55, dailyVolume: 25_000, ticksPerUnit: 100, lotsPerUnit: 1e5},
  'ETH/USDT': {price: 3000, volatility: 0.7, dailyVolume: 400_000, ticksPerUnit: 100, lotsPerUnit: 1e4},
  'SOL/USDT': {price: 150, volatility: 0.9, dailyVolume: 3_000_000, ticksPerUnit: 100, lotsPerUnit: 1e3},
};

/** Two volatility regimes: how much each scales the moves, and how long it lasts on average. */
const REGIMES = [
  {scale: 0.75, meanDays: 6},
  {scale: 1.5, meanDays: 1.5},
] as const;

/** GARCH(1,1) on top of the regime: news and memory; their rest to 1 keeps the mean variance at 1. */
const NEWS = 0.06;
const MEMORY = 0.91;
const JUMPS_A_DAY = 0.4;
const JUMP_DEVIATIONS = 3;

export interface SimulatedMarketOptions {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  /** A whole number from 0 to 2^32 - 1. */
  readonly seed: number;
  /** How many candles there are; endless where left out. */
  readonly length?: number;
}

/** An invented market: volatility regimes and clustering, jumps, busy and quiet hours, no drift and nothing to predict.
 *  No price in it was ever traded, and everything that shows one says so.
 *  source: Bollerslev (1986) for the clustering, Hamilton (1989) for the regimes, Merton (1976) for the jumps */
export class SimulatedMarket implements CandleSource {
  readonly simulated = true;
  readonly label: string;
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly #seed: number;
  readonly #length: number;
  readonly #market: SimulatedSymbol;

  /** @throws SYMBOL_UNKNOWN for a symbol that is not simulated */
  constructor({symbol, timeframe, seed, length = Infinity}: SimulatedMarketOptions) {
    const market = Object.hasOwn(SYMBOLS, symbol) ? SYMBOLS[symbol] : undefined;
    if (market === undefined) {
      const known = Object.keys(SYMBOLS).join(', ');
      throw new DlTradeError('SYMBOL_UNKNOWN', `symbol was "${symbol}", the simulated market has ${known}`, {
        details: {symbol},
      });
    }
    this.label = `the embedded simulated market, seed ${seed}`;
    this.symbol = symbol;
    this.timeframe = timeframe;
    this.#seed = seed;
    this.#length = length;
    this.#market = market;
  }

  /** The price that the simulation begins at. */
  get firstPrice(): number {
    return this.#market.price;
  }

  async *candles(signal?: AbortSignal): AsyncGenerator<Candle, void, undefined> {
    const walk = new Walk(this.#market, this.timeframe.ms, new SeededRandom(this.#seed));
    // A whole week begins on a Monday.
    const weekly = this.timeframe.ms % (7 * DAY_MS) === 0;
    const grid = this.timeframe.ms;
    const start =
      Math.ceil((SIMULATION_START_MS - (weekly ? MONDAY_MS : 0)) / grid) * grid + (weekly ? MONDAY_MS : 0);
    for (let i = 0; i < this.#length && signal?.aborted !== true; i++) {
      yield await Promise.resolve(walk.next(start + i * grid));
    }
  }
}

/** The price's walk through one simulation. */
class Walk {
  readonly #market: SimulatedSymbol;
  readonly #timeframeMs: number;
  readonly #random: SeededRandom;
  readonly #deviation: number;
  #regime: 0 | 1 = 0;
  #variance = 1;
  #price: number;

  constructor(market: SimulatedSymbol, timeframeMs: number, random: SeededRandom) {
    this.#market = market;
    this.#timeframeMs = timeframeMs;
    this.#random = random;
    this.#deviation = market.volatility * Math.sqrt(timeframeMs / YEAR_MS);
    this.#price = market.price;
  }

  next(openTimeMs: number): Candle {
    const random = this.#random;
    const days = this.#timeframeMs / DAY_MS;
    if (random.uniform() < 1 - Math.exp(-days / REGIMES[this.#regime].meanDays))
      this.#regime = this.#regime === 0 ? 1 : 0;
    const activity = activityAt(openTimeMs);
    const deviation = this.#deviation * REGIMES[this.#regime].scale * Math.sqrt(this.#variance * activity);
    const jump =
      random.uniform() < 1 - Math.exp(-JUMPS_A_DAY * days)
        ? random.normal() * JUMP_DEVIATIONS * deviation
        : 0;
    const jumpStep = Math.floor(random.uniform() * STEPS_A_CANDLE);

    const open = this.#price;
    let [logPrice, highest, lowest] = [0, 0, 0];
    for (let step = 0; step < STEPS_A_CANDLE; step++) {
      logPrice += (random.normal() * deviation) / Math.sqrt(STEPS_A_CANDLE) + (step === jumpStep ? jump : 0);
      highest = Math.max(highest, logPrice);
      lowest = Math.min(lowest, logPrice);
    }
    const surprise = Math.min((logPrice / deviation) ** 2, 9);
    this.#variance = 1 - NEWS - MEMORY + NEWS * surprise * this.#variance + MEMORY * this.#variance;
    this.#price = this.#onTick(open * Math.exp(logPrice));

    const busy = 0.4 + 0.6 * Math.min(Math.abs(logPrice) / deviation, 4);
    const volume = this.#market.dailyVolume * days * activity * busy * Math.exp(0.45 * random.normal() - 0.1);
    return {
      openTimeMs,
      open,
      high: Math.max(this.#onTick(open * Math.exp(highest)), open, this.#price),
      low: Math.min(this.#onTick(open * Math.exp(lowest)), open, this.#price),
      close: this.#price,
      volume: Math.round(volume * this.#market.lotsPerUnit) / this.#market.lotsPerUnit,
    };
  }

  /** The nearest price on the tick, never 0. */
  #onTick(price: number): number {
    return Math.max(1, Math.round(price * this.#market.ticksPerUnit)) / this.#market.ticksPerUnit;
  }
}

/** How busy an hour is, about 1 on average: quiet nights, London and New York together the busiest, weekends slow. */
function activityAt(timeMs: number): number {
  const hour = (timeMs % DAY_MS) / 3_600_000;
  const day = Math.floor(timeMs / DAY_MS + 3) % 7;
  const ofDay =
    1 + 0.45 * Math.cos(((hour - 15) / 24) * 2 * Math.PI) + 0.1 * Math.cos(((hour - 1) / 12) * 2 * Math.PI);
  return ofDay * (day >= 5 ? 0.7 : 1.12);
}
