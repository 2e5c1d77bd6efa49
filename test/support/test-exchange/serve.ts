// A test exchange as a process of its own, until it is killed; the first line that it prints is its URL:
//   node --import ./test/support/typescript-hooks.mjs test/support/test-exchange/serve.ts [SPEED [NOW_MS [PORT]]]
// Its clock stands at NOW_MS where SPEED is 0, and else goes SPEED times as fast as ours; faster than ours, it does not check the time of
// signed requests, and what is `late` may come when nobody waits for it any more. Commands: control.ts.
import {BinanceVenue} from './binance-venue.js';
import {control} from './control.js';
import {MarketHistory} from './market-history.js';
import {TestExchange} from './test-exchange.js';

const DAY_MS = 86_400_000;
const [speed = 1, nowMs = Date.now(), port = 0] = process.argv.slice(2).map(Number);

const listedMs = Math.floor(nowMs / DAY_MS) * DAY_MS - 400 * DAY_MS;
const venue = new BinanceVenue({
  'BTC/USDT': new MarketHistory({listedMs}),
  'ETH/USDT': new MarketHistory({listedMs, scale: 0.06}),
});
const exchange = await TestExchange.listen(venue, nowMs, port);
if (speed > 0) exchange.run(speed);
venue.key.checksTime = speed <= 1;
exchange.control = (request) => control(exchange, venue, request);
process.stdout.write(`${exchange.url}\n`);
