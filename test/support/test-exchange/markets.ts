import {BinanceVenue} from './binance-venue.js';
import {MarketHistory} from './market-history.js';
import {TestExchange} from './test-exchange.js';

const HOUR_MS = 3_600_000;

/** 2024-01-01, where the markets of the test exchange begin. */
export const LISTED_MS = Date.UTC(2024, 0, 1);

/** Where its clock stands unless a test moves it: 3000 hours and a half later, in the middle of an open candle. */
export const NOW_MS = LISTED_MS + 3000.5 * HOUR_MS;

/** Open time of the hour so many hours after the listing. */
export function hour(index: number): number {
  return LISTED_MS + index * HOUR_MS;
}

/** A short hole of 2 hours and one of 30. */
export const HOLES = [
  {fromMs: hour(500), toMs: hour(502)},
  {fromMs: hour(1700), toMs: hour(1730)},
];

/** Binance with BTC/USDT, which has the holes, and ETH/USDT. */
export async function startBinance(): Promise<TestExchange> {
  const venue = new BinanceVenue({
    'BTC/USDT': new MarketHistory({listedMs: LISTED_MS, holes: HOLES}),
    'ETH/USDT': new MarketHistory({listedMs: LISTED_MS, scale: 0.06}),
  });
  return await TestExchange.start(venue, NOW_MS);
}
