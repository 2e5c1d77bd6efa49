import {describe, expect, it} from 'vitest';
import {symbolInName} from '../../../src/session/symbol-in-name.js';

describe('symbolInName', () => {
  const cases: [name: string, symbol: string | undefined][] = [
    ['BTC-USDT-5m.csv', 'BTC/USDT'],
    ['ETHUSDT_5m.csv', 'ETH/USDT'],
    ['data/ethusdt.parquet', 'ETH/USDT'],
    ['sol_usdc_1h.csv.gz', 'SOL/USDC'],
    ['BTC-EUR.csv', 'BTC/EUR'],
    ['1INCHUSDT-1h.csv', '1INCH/USDT'],
    ['BTCFDUSD-1h.csv', 'BTC/FDUSD'],
    ['ETHBTC-1h.csv', 'ETH/BTC'],
    ['eth_btc_1h.csv', 'ETH/BTC'],
    ['binance-BTC-USDT-1h.csv', 'BTC/USDT'],
    ['BINANCE_SPOT_BTC_USDT_1h.csv', 'BTC/USDT'],
    ['1h-BTC-USDT.csv', 'BTC/USDT'],
    ['kraken.BTCUSD.2024.csv', 'BTC/USD'],
    ['USDCUSDT-1h.csv', 'USDC/USDT'],
    ['eur-usd-1d.csv', 'EUR/USD'],
    ['my-btc-1h.csv', undefined],
    ['backtest-btc-2024.csv', undefined],
    ['candles_btc.csv', undefined],
    ['btc-1h.csv', undefined],
    ['1h-usdt.csv', undefined],
    ['2024-usd.csv', undefined],
    ['usdt.csv', undefined],
    ['candles.csv', undefined],
  ];
  it.each(cases)('takes "%s" for %s', (name, symbol) => {
    expect(symbolInName(name)).toBe(symbol);
  });
});
