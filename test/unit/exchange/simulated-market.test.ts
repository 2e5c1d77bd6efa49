import {createHash} from 'node:crypto';
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {findCandleFault, isOnGrid} from '../../../src/candles/check-candle.js';
import {marketRulesFor} from '../../../src/exchange/market-rules.js';
import {SeededRandom} from '../../../src/domain/seeded-random.js';
import {SIMULATED_SYMBOLS, simulateCandles} from '../../../src/exchange/simulate-candles.js';
import type {SimulationOptions} from '../../../src/exchange/simulate-candles.js';
import {SimulatedMarket} from '../../../src/exchange/simulated-market.js';
import {parseTimeframe} from '../../../src/domain/timeframe.js';
import {FIVE_MINUTES} from '../../support/candles.js';

const BITCOIN = {symbol: 'BTC/USDT', timeframe: FIVE_MINUTES, seed: 7};

function simulate(changes: Partial<SimulationOptions> = {}) {
  return [...simulateCandles({...BITCOIN, candles: 1000, ...changes})];
}

function returnsOf(closes: readonly number[]): number[] {
  return closes.slice(1).map((close, i) => close / closes[i]! - 1);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Autocorrelation at lag 1. */
function persistence(values: readonly number[]): number {
  const center = mean(values);
  const products = values.slice(1).map((value, i) => (value - center) * (values[i]! - center));
  return mean(products) / mean(values.map((value) => (value - center) ** 2));
}

describe('simulateCandles', () => {
  it('gives the bytes that it always gave', () => {
    const bytes = createHash('sha256').update(JSON.stringify(simulate())).digest('hex');
    expect(bytes).toBe('5fc0e2b9609e41600a703ed95d0f123542a5e5c842e2527cbd98686757a74535');
  });

  it('differs by seed, symbol and timeframe', () => {
    const closes = [{}, {seed: 8}, {symbol: 'ETH/USDT'}, {timeframe: parseTimeframe('1h')}].map((changes) =>
      returnsOf(simulate(changes).map(({close}) => close))
        .slice(0, 20)
        .join(),
    );
    expect(new Set(closes).size).toBe(4);
  });

  it('gives sound candles whose prices are whole ticks, for any symbol, timeframe and start', () => {
    const options = fc.record({
      symbol: fc.constantFrom(...SIMULATED_SYMBOLS),
      timeframe: fc.constantFrom('1m', '5m', '7m', '1h', '1d', '1w').map(parseTimeframe),
      seed: fc.integer(),
      startMs: fc.integer({min: 1_000_000_000_000, max: 2_000_000_000_000}),
    });
    fc.assert(
      fc.property(options, (chosen) => {
        const tick = marketRulesFor(chosen.symbol).tickSizeQuote;
        let last: number | undefined;
        for (const candle of simulateCandles({...chosen, candles: 300})) {
          expect(findCandleFault(candle)).toBeUndefined();
          expect(isOnGrid(candle.openTimeMs, chosen.timeframe)).toBe(true);
          if (last !== undefined) expect(candle.open).toBe(last);
          last = candle.close;
          for (const price of [candle.high, candle.low, candle.close]) {
            expect(tick.times(Math.round(price * 100)).toNumber()).toBe(price);
          }
        }
      }),
      {numRuns: 30},
    );
  });

  it('puts the prefill in front of the start', () => {
    const candles = simulate({prefill: 10, candles: 5});
    expect(candles).toHaveLength(15);
    expect(candles[10]!.openTimeMs).toBe(Date.parse('2024-01-01T00:00:00Z'));
  });

  it('looks like a market: fat tails, volatility that clusters, returns that do not persist, a plausible level', () => {
    const candles = simulate({candles: 100_000});
    const returns = returnsOf(candles.map(({close}) => close));
    const variance = mean(returns.map((value) => value ** 2));
    const yearly = Math.sqrt(variance * 105_120);
    expect(yearly).toBeGreaterThan(0.3);
    expect(yearly).toBeLessThan(1.2);
    expect(mean(returns.map((value) => value ** 4)) / variance ** 2).toBeGreaterThan(5);
    expect(persistence(returns.map(Math.abs))).toBeGreaterThan(0.15);
    expect(Math.abs(persistence(returns))).toBeLessThan(0.02);
    expect(Math.min(...candles.map(({low}) => low))).toBeGreaterThan(20_000);
    expect(Math.max(...candles.map(({high}) => high))).toBeLessThan(180_000);
  });

  it('trades more in the New York afternoon than in the Asian night, and less at weekends', () => {
    const volumes = {night: [] as number[], afternoon: [] as number[], weekend: [] as number[]};
    for (const {openTimeMs, volume} of simulate({candles: 50_000})) {
      const time = new Date(openTimeMs);
      if ([0, 6].includes(time.getUTCDay())) volumes.weekend.push(volume);
      else if (time.getUTCHours() === 4) volumes.night.push(volume);
      else if (time.getUTCHours() === 14) volumes.afternoon.push(volume);
    }
    expect(mean(volumes.afternoon)).toBeGreaterThan(2 * mean(volumes.night));
    expect(mean(volumes.weekend)).toBeLessThan(mean(volumes.afternoon) / 2);
  });
});

describe('SimulatedMarket', () => {
  it('says that it is simulated, and its seed', () => {
    const market = new SimulatedMarket(BITCOIN);
    expect(market.label).toBe('simulated market, seed 7');
    expect(market.simulated).toBe(true);
    expect(market.rules.lotSizeBase.toFixed()).toBe('0.00001');
  });

  it.each(['DOGE/USDT', 'toString', ''])('refuses the symbol "%s", naming those it has', (symbol) => {
    expect(() => new SimulatedMarket({...BITCOIN, symbol})).toThrow(
      expect.objectContaining({
        code: 'SYMBOL_UNKNOWN',
        exitCode: 2,
        message: `symbol was "${symbol}", which the simulated market does not trade; it has BTC/USDT, ETH/USDT, SOL/USDT`,
      }) as Error,
    );
  });
});

describe('SeededRandom', () => {
  it('is uniform in [0, 1) and normal with mean 0 and deviation 1', () => {
    const random = new SeededRandom('any');
    const uniform = Array.from({length: 50_000}, () => random.uniform());
    expect(Math.min(...uniform)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...uniform)).toBeLessThan(1);
    expect(mean(uniform)).toBeCloseTo(0.5, 2);
    expect(mean(uniform.map((value) => (value - 0.5) ** 2))).toBeCloseTo(1 / 12, 2);
    const normal = Array.from({length: 50_000}, () => random.normal());
    expect(mean(normal)).toBeCloseTo(0, 1);
    expect(mean(normal.map((value) => value ** 2))).toBeCloseTo(1, 1);
    expect(mean(normal.map((value) => value ** 4))).toBeCloseTo(3, 0);
    expect(Math.abs(persistence(normal))).toBeLessThan(0.02);
  });
});
