import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {fitRegime, returnsOf} from '../../src/features/regime-fit.js';
import {candlesToCsv, realCandles} from '../support/candle-csv.js';
import {ordinaryMarket} from '../support/markets.js';
import {findPython, runPython} from '../support/python.js';

const python = findPython('numpy', 'pandas', 'statsmodels', 'pandas_market_calendars');

// statsmodels takes a second per thousand candles.
describe.skipIf(python === undefined)('a fitted regime against statsmodels', {timeout: 120_000}, () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'dl-trade-regime-'));
  });
  afterAll(() => {
    rmSync(folder, {recursive: true});
  });

  it.for([
    ['BTCUSDT-5m.csv', 6000],
    ['ETHUSDT-5m.csv', 2000],
    ['BTCUSDT-1h.csv', 2000],
    ['simulated', 1500],
  ] as const)('is at most 1e-3 per thousand candles less likely on %s', ([name, count], {skip}) => {
    const candles = name === 'simulated' ? ordinaryMarket(41, count) : realCandles(name, count);
    if (candles === undefined) return skip('no real candles here: DL_TRADE_DATA names their folder');
    // Gaps or not: both sides fit the same closes.
    const closed = candles.map((candle) => ({...candle, afterGap: false}));
    const csv = join(folder, `${name}.csv`);
    writeFileSync(csv, candlesToCsv(closed));
    const theirs = JSON.parse(runPython(python!, 'tools/reference/fit_regime.py', '--candles', csv)) as {
      logLikelihood: number;
    };

    const ours = fitRegime(returnsOf(closed));
    expect(ours.converged).toBe(true);
    expect(ours.leftOut).toBe(0);
    expect(ours.logLikelihood).toBeGreaterThanOrEqual(theirs.logLikelihood - (1e-3 * count) / 1000);
  });
});
