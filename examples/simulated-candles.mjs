// Writes hourly candles of the embedded simulated market, to try commands with where there is no network.
// No price in them was ever traded: what a model makes of them says nothing of a market.
//   node simulated-candles.mjs FILE [CANDLES] [SEED]
import {SimulatedMarket, parseTimeframe, writeCandles} from 'dl-trade';

const [file, ...numbers] = process.argv.slice(2);
const [candles = 2000, seed = 1] = numbers.map(Number);
if (file === undefined || ![candles, seed].every((n) => Number.isInteger(n) && n >= 0) || candles === 0) {
  console.error('usage: node simulated-candles.mjs FILE [CANDLES] [SEED]');
  process.exit(2);
}
const market = new SimulatedMarket({symbol: 'BTC/USDT', timeframe: parseTimeframe('1h'), seed, candles});
try {
  const written = await writeCandles(file, market.candles());
  console.log(`${file}: ${written} simulated candles of BTC/USDT, 1h`);
} catch (error) {
  console.error(`simulated-candles: ${error.message}`);
  process.exitCode = 1;
}
