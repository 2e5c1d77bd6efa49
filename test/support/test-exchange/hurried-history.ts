import {simulateCandles} from '../../../src/exchange/simulate-candles.js';
import {LISTED_MS} from './markets.js';
import {MarketHistory} from './market-history.js';
import type {Kline} from './market-history.js';

const HOUR = {name: '1h', ms: 3_600_000};

/** The hourly candles of the simulated market, one a second: a network that was trained on hours has something to decide, and a
 *  test need not wait for it. Other lengths have the candle of their first second. */
export class HurriedHistory extends MarketHistory {
  readonly #candles: readonly Kline[];

  /** @param seconds how long it goes on */
  constructor({seconds, seed}: {seconds: number; seed: number}) {
    super({listedMs: LISTED_MS});
    const market = simulateCandles({symbol: 'BTC/USDT', timeframe: HOUR, seed, candles: seconds});
    this.#candles = [...market].map(({open, high, low, close, volume}, i) => ({
      openTimeMs: LISTED_MS + i * 1000,
      ...{open: open.toFixed(2), high: high.toFixed(2), low: low.toFixed(2), close: close.toFixed(2)},
      volume: volume.toFixed(5),
    }));
  }

  override kline(openTimeMs: number): Kline | undefined {
    return this.#candles[Math.floor((openTimeMs - LISTED_MS) / 1000)];
  }
}
