import {FileReplay} from '../../src/exchange/replay.js';
import {SimulatedMarket} from '../../src/exchange/simulated-market.js';
import {FIVE_MINUTES, LATE_CLOCK, candleAt} from '../support/candles.js';
import {useTemporaryDirectory} from '../support/temporary-directory.js';
import {CcxtCandles} from '../../src/exchange/ccxt-candles.js';
import {LiveCandles} from '../../src/exchange/live-candles.js';
import {connect} from '../support/test-exchange/connect.js';
import {LISTED_MS, startBinance} from '../support/test-exchange/markets.js';
import {candleSourceContract} from './candle-source-contract.js';

const directory = useTemporaryDirectory();

/** 300 candles with a short gap, a long gap and a row that stands twice. */
function gappedFile(): string {
  const steps = Array.from({length: 300}, (_, i) => i + (i > 50 ? 2 : 0) + (i > 90 ? 10 : 0));
  const rows = [...steps.slice(0, 20), 19, ...steps.slice(20)].map((step) => {
    const {openTimeMs, open, high, low, close, volume} = candleAt(step);
    return [openTimeMs, open, high, low, close, volume].join(',');
  });
  return directory.write('gapped.csv', `timestamp,open,high,low,close,volume\n${rows.join('\n')}\n`);
}

candleSourceContract(
  'SimulatedMarket',
  () => new SimulatedMarket({symbol: 'BTC/USDT', timeframe: FIVE_MINUTES, seed: 7}),
);
candleSourceContract('FileReplay', () =>
  FileReplay.open(gappedFile(), {symbol: 'BTC/USDT', clock: LATE_CLOCK}),
);
candleSourceContract('CcxtCandles', async () => {
  const {connection} = await connect(await startBinance());
  const timeframe = {name: '1h', ms: 3_600_000};
  return CcxtCandles.open(connection, {symbol: 'BTC/USDT', timeframe, sinceMs: LISTED_MS});
});
candleSourceContract('LiveCandles', async () => {
  const exchange = await startBinance();
  const {connection} = await connect(exchange, {nowMs: () => exchange.nowMs, paced: false});
  return LiveCandles.open(connection, {
    ...{symbol: 'BTC/USDT', timeframe: {name: '1h', ms: 3_600_000}, history: 1980},
    wait: (ms) => {
      exchange.nowMs += ms;
      return Promise.resolve();
    },
  });
});
