import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import type {Candle} from '../../../src/domain/candle.js';
import type {FeaturePipeline} from '../../../src/features/prove-laws.js';
import {proveFile} from '../../../src/session/prove-file.js';
import {candlesToCsv} from '../../support/candle-csv.js';
import {rejected} from '../../support/caught.js';
import {ordinaryMarket} from '../../support/markets.js';
import {temporaryDirectory} from '../../support/temporary-directory.js';

function fileOf(candles: readonly Candle[]): string {
  const path = join(temporaryDirectory(), 'candles.csv');
  writeFileSync(path, candlesToCsv(candles));
  return path;
}

/** Cheap features, to see which candles are looked at. */
function spyPipeline(calls: (readonly Candle[])[]): FeaturePipeline {
  return {
    names: ['close'],
    windowed: ['close'],
    compute(candles) {
      calls.push(candles);
      return candles.map(({close}, i) => (i < 600 ? undefined : Float64Array.of(close)));
    },
  };
}

describe('proveFile', () => {
  it('finds nothing to say against the 86, and says how much it looked at', async () => {
    const candlesFile = fileOf(ordinaryMarket(5, 1500));
    const report = await proveFile({candlesFile});
    expect(report).toMatchObject({
      ...{holds: true, breaches: [], schemaId: 'dl86/1', timeframe: '5m', warnings: []},
      ...{candles: 1500, candlesProved: 1500, stretches: 1, rows: 900, trials: 16},
    });
  });

  it('takes a sample of a long file, spread from its first candle to its last', async () => {
    const market = ordinaryMarket(6, 30_000);
    const calls: (readonly Candle[])[] = [];
    const report = await proveFile({candlesFile: fileOf(market), pipeline: spyPipeline(calls)});
    expect(report).toMatchObject({candles: 30_000, candlesProved: 16_000, stretches: 8, rows: 8 * 1400});
    const times = calls.flatMap((candles) => candles.map(({openTimeMs}) => openTimeMs));
    expect(Math.min(...new Set(times))).toBe(market[0]!.openTimeMs);
    expect([...new Set(times)].reduce((a, b) => Math.max(a, b))).toBe(market.at(-1)!.openTimeMs);
  });

  it.each([20_001, 19_401, 25_000])(
    'takes every row of %d candles where it is to be thorough',
    async (count) => {
      const calls: (readonly Candle[])[] = [];
      const report = await proveFile({
        candlesFile: fileOf(ordinaryMarket(7, count)),
        pipeline: spyPipeline(calls),
        thorough: true,
      });
      expect(report.candlesProved).toBe(count);
      expect(report.rows - (count - 600)).toBeLessThan(2);
      expect(report.rows).toBeGreaterThanOrEqual(count - 600);
      // Bounded memory: no more than so many candles at a time.
      expect(Math.max(...calls.map(({length}) => length))).toBe(10_000);
    },
  );

  it('keeps the worst of all stretches, and the first candle of any', async () => {
    const market = ordinaryMarket(8, 3000);
    const spy = spyPipeline([]);
    // Remembers how long its history was: worse the longer the history that is left out.
    const seeded: FeaturePipeline = {
      names: spy.names,
      compute: (candles) => spy.compute(candles).map((row, i) => row?.map((value) => value + i)),
    };
    const {breaches, holds} = await proveFile({candlesFile: fileOf(market), pipeline: seeded});
    expect(holds).toBe(false);
    expect(breaches).toMatchObject([{law: 'history-independence', feature: 'close'}]);
    expect(breaches[0]!.difference).toBeCloseTo(999, 9);
    expect(breaches[0]!.firstOpenTimeMs).toBeLessThan(breaches[0]!.openTimeMs + 1);
    expect(breaches[0]!.firstOpenTimeMs).toBe(market[900]!.openTimeMs);
  });

  it('passes over a stretch that gaps have torn', async () => {
    const step = 300_000;
    let [shift, index] = [0, 0];
    // From the 2,000th candle on a gap every 40 candles, for some 3,000 candles: no row there.
    const market = ordinaryMarket(9, 7000).map((candle) => {
      if (index > 2000 && index < 5000 && index % 40 === 0) shift += 10 * step;
      index += 1;
      return {...candle, openTimeMs: candle.openTimeMs + shift};
    });
    const report = await proveFile({candlesFile: fileOf(market)});
    expect(report.holds).toBe(true);
    expect(report.stretches).toBeLessThan(5);
    expect(report.stretches).toBeGreaterThan(0);
    expect(report.warnings.join()).toMatch(/gaps too long to fill/);
  });

  it('refuses candles that give nothing to compare', async () => {
    const short = await rejected(proveFile({candlesFile: fileOf(ordinaryMarket(5, 601))}));
    expect(short).toMatchObject({code: 'CANDLES_TOO_FEW'});
    expect(short.message).toMatch(/holds "601" candles, want at least 602/);
    const torn = ordinaryMarket(5, 700).map((candle, i) => ({
      ...candle,
      openTimeMs: candle.openTimeMs + Math.floor(i / 30) * 3_000_000,
    }));
    expect((await rejected(proveFile({candlesFile: fileOf(torn)}))).message).toMatch(/torn by gaps/);
  });

  it('says how far it is, up to the end, and stops when it is told to', async () => {
    const candlesFile = fileOf(ordinaryMarket(5, 3000));
    const seen: number[] = [];
    const controller = new AbortController();
    await proveFile({
      candlesFile,
      pipeline: spyPipeline([]),
      onProgress: (done, total) => seen.push(done / total),
    });
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen.at(-1)).toBe(1);
    const stopped = proveFile({
      candlesFile,
      signal: controller.signal,
      onProgress: () => {
        controller.abort();
      },
    });
    expect((await rejected(stopped)).code).toBe('INTERRUPTED');
  });
});
