import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {firstForecasts} from '../../../src/backtest/forecast-candles.js';
import {loadTradingConfig} from '../../../src/config/trading-config.js';
import {simulateCandles} from '../../../src/exchange/simulate-candles.js';
import {openBacktestFeeds} from '../../../src/session/backtest-feed.js';
import {forecastSubject, openSubject} from '../../../src/session/backtest-symbol.js';
import type {BacktestGround, BacktestSubject} from '../../../src/session/backtest-symbol.js';
import {proveSubject} from '../../../src/session/prove-backtest.js';
import {candlesToCsv} from '../../support/candle-csv.js';
import {addonIsBuilt} from '../../support/native.js';
import {fakeModel} from '../../support/strategy.js';
import {temporaryDirectory} from '../../support/temporary-directory.js';

const HOUR = {name: '1h', ms: 3_600_000};

async function subjectOf(decided: number): Promise<{ground: BacktestGround; subject: BacktestSubject}> {
  const path = join(temporaryDirectory(), 'BTC-USDT-1h.csv');
  writeFileSync(
    path,
    candlesToCsv([
      ...simulateCandles({symbol: 'BTC/USDT', timeframe: HOUR, seed: 4, candles: 602 + decided}),
    ]),
  );
  const config = loadTradingConfig({candles: path}, {TRADING_COOLDOWN: '0'});
  const range = {fromMs: undefined, toMs: undefined};
  const ground: BacktestGround = {
    ...{model: fakeModel(), config, range, signal: undefined},
    sentiment: {option: {}, identity: 'none', close: () => undefined},
    onProgress: () => undefined,
  };
  const [feed] = await openBacktestFeeds(ground.model, config, {files: [path], symbols: [], range});
  return {ground, subject: await openSubject(feed!, ground)};
}

// The identity of a run names the kernel, which the addon tells.
describe.skipIf(!addonIsBuilt)('proveSubject', () => {
  it('finds nothing where nothing looks ahead', async () => {
    const {subject, ground} = await subjectOf(60);
    const proof = await proveSubject(subject, ground, {cuts: 4});
    expect(proof).toMatchObject({lookAheads: [], largestForecastDifference: 0});
    expect(proof.cutsMs).toHaveLength(4);
    expect(proof.forecasts).toBe(proof.decisions);
  });

  it('catches a forecast that knows the next candle, at every cut', async () => {
    const {subject, ground} = await subjectOf(60);
    const {lookAheads, cutsMs} = await proveSubject(subject, ground, {
      cuts: 4,
      forecast: async (cut, of) => {
        const made = await forecastSubject(cut, of);
        const last = cut.candles.at(-1)!.openTimeMs;
        // One that lies behind the end is not known, and stands at one half.
        const probabilities = made.forecasts.probabilities.map((p, i) => {
          const candle = cut.candles.find(
            ({openTimeMs}) => openTimeMs === made.forecasts.openTimesMs[i]! + HOUR.ms,
          );
          return candle === undefined || candle.openTimeMs > last
            ? 0.5
            : candle.close > candle.open
              ? 0.9
              : 0.1 + p / 1e9;
        });
        return {forecasts: {...made.forecasts, probabilities}};
      },
    });
    expect(lookAheads.map(({cutMs}) => cutMs)).toEqual(cutsMs);
    for (const {cutMs, candleMs, what} of lookAheads) {
      expect(candleMs).toBe(cutMs);
      expect(what).toMatch(/the forecast was 0\.\d+ with the candles behind the cut and 0\.500000 without/);
    }
  });

  it('catches a scale that is taken from the whole history', async () => {
    const {subject, ground} = await subjectOf(60);
    const {lookAheads} = await proveSubject(subject, ground, {
      forecast: async (cut, of) => {
        const made = await forecastSubject(cut, of);
        const highest = Math.max(...made.forecasts.probabilities);
        return {
          forecasts: {...made.forecasts, probabilities: made.forecasts.probabilities.map((p) => p / highest)},
        };
      },
    });
    expect(lookAheads.length).toBeGreaterThan(0);
  });

  it('catches forecasts that are there only because of later candles', async () => {
    const {subject, ground} = await subjectOf(30);
    const {lookAheads} = await proveSubject(subject, ground, {
      cuts: 2,
      forecast: async (cut, of) => {
        const {forecasts} = await forecastSubject(cut, of);
        return {forecasts: firstForecasts(forecasts, Math.max(0, forecasts.openTimesMs.length - 3))};
      },
    });
    expect(lookAheads).toHaveLength(2);
    expect(lookAheads[0]!.what).toMatch(/^there were \d+ forecasts/);
  });

  it('catches a decision that came out otherwise on the same forecasts', async () => {
    const {subject, ground} = await subjectOf(60);
    const whole = await forecastSubject(subject, ground);
    // A source that tells another past once more of it is known.
    const candles = Object.assign([...subject.candles], {
      slice: (from: number, to: number) =>
        subject.candles
          .slice(from, to)
          .map((candle, i) => (i === 605 ? {...candle, close: (candle.open + candle.close) / 2} : candle)),
    });
    const {lookAheads} = await proveSubject({...subject, candles}, ground, {
      cuts: 3,
      forecast: ({candles: {length}}) => {
        const count = whole.forecasts.openTimesMs.length - (subject.candles.length - length);
        return Promise.resolve({forecasts: firstForecasts(whole.forecasts, count)});
      },
    });
    expect(lookAheads.length).toBeGreaterThan(0);
    expect(lookAheads[0]).toMatchObject({candleMs: subject.candles[605]!.openTimeMs});
    expect(lookAheads[0]!.what).toMatch(/^line \d+ of the journal is another one/);
  });

  it('proves nothing where nothing is decided before the last candle', async () => {
    for (const decided of [-10, 0]) {
      const {subject, ground} = await subjectOf(decided);
      expect(await proveSubject(subject, ground)).toMatchObject({cutsMs: [], decisions: 0, lookAheads: []});
    }
  });
});
