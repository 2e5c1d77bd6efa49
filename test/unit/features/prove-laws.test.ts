import {describe, expect, it} from 'vitest';
import type {Candle} from '../../../src/domain/candle.js';
import {proveFeatureLaws, type FeaturePipeline, type FeatureRows} from '../../../src/features/prove-laws.js';
import {candlesOf, NASTY_MARKETS, ordinaryMarket} from '../../support/markets.js';

const MARKET = ordinaryMarket(31, 1500);

/** Features that are a plain function of the whole history and a place in it, warm from candle 20 on. */
function pipelineOf(
  features: Record<string, (candles: readonly Candle[], i: number) => number>,
): FeaturePipeline {
  const functions = Object.values(features);
  return {
    names: Object.keys(features),
    compute: (candles): FeatureRows =>
      candles.map((_, i) =>
        i < 20 ? undefined : Float64Array.from(functions, (feature) => feature(candles, i)),
      ),
  };
}

const honest = (candles: readonly Candle[], i: number) => candles[i]!.close / candles[i - 5]!.close - 1;

function broken(pipeline: FeaturePipeline) {
  const {holds, breaches} = proveFeatureLaws(MARKET.slice(0, 300), {pipeline});
  expect(holds).toBe(breaches.length === 0);
  return breaches.map(({law, feature}) => `${feature}: ${law}`).sort();
}

describe('proveFeatureLaws', () => {
  it('finds nothing to say against the 86', () => {
    const report = proveFeatureLaws(MARKET);
    expect(report.breaches).toEqual([]);
    expect(report).toMatchObject({holds: true, rows: 900, trials: 16});
  });

  it.each(Object.entries(NASTY_MARKETS))(
    'finds nothing to say against the 86 on a market of %s',
    (_, plan) => {
      expect(proveFeatureLaws(candlesOf(plan), {places: 3}).breaches).toEqual([]);
    },
  );

  it('names a feature that looks one candle ahead, where and by how much', () => {
    const leaky = (candles: readonly Candle[], i: number) =>
      candles[Math.min(i + 1, candles.length - 1)]!.close;
    const {breaches} = proveFeatureLaws(MARKET.slice(0, 300), {pipeline: pipelineOf({honest, leaky})});
    expect(breaches).toHaveLength(1);
    const [breach] = breaches;
    expect(breach).toMatchObject({law: 'causality', feature: 'leaky'});
    const at = MARKET.findIndex(({openTimeMs}) => openTimeMs === breach!.openTimeMs);
    expect(breach!.expected).toBe(MARKET[at + 1]!.close);
    expect(breach!.trial).toContain(new Date(breach!.openTimeMs).toISOString());
  });

  it('names a feature that is scaled by all of history, future included', () => {
    const scaled = (candles: readonly Candle[], i: number) =>
      candles[i]!.close / Math.max(...candles.map(({high}) => high));
    expect(broken(pipelineOf({honest, scaled}))).toContain('scaled: causality');
  });

  it('names a feature that remembers where history began', () => {
    const cumulative = (candles: readonly Candle[], i: number) =>
      candles.slice(0, i + 1).reduce((sum, {volume}) => sum + volume, 0);
    expect(broken(pipelineOf({honest, cumulative}))).toEqual(['cumulative: history-independence']);
  });

  it('names a feature that is not a number', () => {
    const undefinedNow = (candles: readonly Candle[], i: number) =>
      i === 50 ? Number.NaN : candles[i]!.close;
    const infinite = (candles: readonly Candle[], i: number) => 1 / (candles[i]!.close - candles[i]!.close);
    const found = broken(pipelineOf({honest, undefinedNow, infinite}));
    expect(found).toContain('undefinedNow: finite');
    expect(found).toContain('infinite: finite');
    expect(found.filter((line) => line.startsWith('honest'))).toEqual([]);
  });

  it('names a feature whose stream and batch differ in the last bit', () => {
    const pipeline = pipelineOf({honest, other: (candles, i) => candles[i]!.close});
    const seen: Candle[] = [];
    const stream = () => ({
      push(candle: Candle) {
        seen.push(candle);
        const i = seen.length - 1;
        if (i < 20) return undefined;
        return {values: Float64Array.of(honest(seen, i), candle.close * (1 + Number.EPSILON))};
      },
    });
    expect(broken({...pipeline, stream})).toEqual(['other: stream-equals-batch']);
  });

  it('holds windowed features to the bit', () => {
    const drifting = (candles: readonly Candle[], i: number) => candles[i]!.close + 1e-13 * candles.length;
    expect(broken(pipelineOf({drifting})).includes('drifting: history-independence')).toBe(false);
    expect(broken({...pipelineOf({drifting}), windowed: ['drifting']})).toContain(
      'drifting: history-independence',
    );
  });

  it('reports progress up to the end', () => {
    const seen: string[] = [];
    proveFeatureLaws(MARKET.slice(0, 200), {
      pipeline: pipelineOf({honest}),
      places: 2,
      onProgress: (done, total) => seen.push(`${done}/${total}`),
    });
    expect(seen).toEqual(['1/7', '2/7', '3/7', '4/7', '5/7', '6/7', '7/7']);
  });

  it('refuses candles that give no two rows', () => {
    expect(() => proveFeatureLaws(MARKET.slice(0, 601))).toThrow(
      expect.objectContaining({code: 'CANDLES_TOO_FEW'}) as Error,
    );
  });
});
