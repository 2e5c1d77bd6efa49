import type {CandleSource} from '../candles/candle-source.js';
import type {Candle} from '../domain/candle.js';
import type {MarketRules} from '../domain/market-rules.js';
import type {Timeframe} from '../domain/timeframe.js';
import {marketRulesFor} from './market-rules.js';
import {requireSimulatedSymbol, simulateCandles} from './simulate-candles.js';
import type {SimulationOptions} from './simulate-candles.js';
import {yieldToEvents} from './yield-to-events.js';

/** The embedded market: for trials, demonstrations and tests; whatever it shows says nothing of a real one. */
export class SimulatedMarket implements CandleSource {
  readonly label: string;
  readonly simulated = true;
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly rules: MarketRules;
  readonly #options: SimulationOptions;

  /** @throws SYMBOL_UNKNOWN, naming those that are known */
  constructor(options: SimulationOptions) {
    requireSimulatedSymbol(options.symbol);
    this.label = `simulated market, seed ${String(options.seed)}`;
    this.symbol = options.symbol;
    this.timeframe = options.timeframe;
    this.rules = marketRulesFor(options.symbol);
    this.#options = options;
  }

  candles(signal?: AbortSignal): AsyncIterable<Candle> {
    return yieldToEvents(simulateCandles(this.#options), signal);
  }
}
