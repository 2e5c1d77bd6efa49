// Writes hourly candles of the embedded simulated market, to try commands with where there is no network.
// No price in them was ever traded: what a model makes of them says nothing of a market.
//   node simulated-candles.mjs FILE [CANDLES] [SEED]
import {SimulatedMarket, parseTimeframe, writeCandles} from 'dl-trade';

const [file, candles = '2000', seed = '1'] = process.argv.slice(2);
if (file === undefined || !(Number(candles) > 0) || !(Number(seed) >= 0)) {
  console.error('usage: node simulated-candles.mjs FILE [CANDLES] [SEED]');
  process.exit(2);
}
const market = new SimulatedMarket({
  symbol: 'BTC/USDT',
  timeframe: parseTimeframe('1h'),
  seed: Number(seed),
  candles: Number(candles),
});
const written = await writeCandles(file, market.candles());
console.log(`${file}: ${written} simulated candles of BTC/USDT, 1h`);
