import {describe, expect, it} from 'vitest';
import {FeatureStream} from '../../../src/features/feature-stream.js';
import {RecordedSentiment} from '../../../src/features/sentiment.js';
import {ordinaryMarket} from '../../support/markets.js';

const MARKET = ordinaryMarket(21, 650);
const REGIME = {mean: [0, 0.001], variance: [2e-6, 3e-5], stay: [0.97, 0.9]} as const;

function streamAt(count: number): FeatureStream {
  const stream = new FeatureStream({regime: REGIME});
  for (const candle of MARKET.slice(0, count)) stream.push(candle);
  return stream;
}

describe('a snapshot of the stream', () => {
  const snapshot = streamAt(620).snapshot();

  it('is plain JSON of a few kilobytes', () => {
    const text = JSON.stringify(snapshot);
    expect(JSON.parse(text)).toEqual(snapshot);
    expect(text.length).toBeLessThan(12_000);
  });

  it('brings its regime along', () => {
    const restored = FeatureStream.restore(snapshot);
    expect([...restored.push(MARKET[620]!)!.values]).toEqual([...streamAt(620).push(MARKET[620]!)!.values]);
    expect(restored.snapshot().regime).toEqual(REGIME);
  });

  it('takes a sentiment series from the options, for none is stored', () => {
    const sentiment = new RecordedSentiment([{timeMs: 0, value: 7}]);
    expect(FeatureStream.restore(snapshot, {sentiment}).push(MARKET[620]!)!.sentimentObserved).toBe(true);
  });

  it('still refuses a candle that is not later than the last one', () => {
    expect(() => FeatureStream.restore(snapshot).push(MARKET[619]!)).toThrow('openTimeMs was');
  });

  it('can be taken before the first candle', () => {
    const restored = FeatureStream.restore(new FeatureStream().snapshot());
    expect(restored.push(MARKET[0]!)).toBeUndefined();
    expect(restored.snapshot().candlesSeen).toBe(1);
  });

  it.each<[string, unknown, string]>([
    ['nothing', null, 'snapshot was "null"'],
    ['text', 'snapshot', 'snapshot was "snapshot"'],
    ['another format', {...snapshot, format: 'dl-trade/feature-stream/2'}, 'format was'],
    ['another schema', {...snapshot, schemaId: 'dl86/2'}, 'schemaId was "dl86/2"'],
    ['other names', {...snapshot, schemaHash: 'abc'}, 'schemaHash was'],
    ['no hash', {...snapshot, schemaHash: undefined}, 'schemaHash was "undefined"'],
    ['half a regime', {...snapshot, regime: {mean: [0, 0], variance: [1, 2]}}, 'regime was'],
    ['no regime', {...snapshot, regime: 3}, 'regime was'],
    ['a text for a time', {...snapshot, lastOpenTimeMs: 'x'}, 'lastOpenTimeMs was'],
    ['a negative count', {...snapshot, candlesSeen: -1}, 'candlesSeen was "-1"'],
    ['a fractional count', {...snapshot, candlesBehindGap: 0.5}, 'candlesBehindGap was "0.5"'],
    ['no memory', {...snapshot, memory: 5}, 'memory was'],
    ['a short memory', {...snapshot, memory: snapshot.memory.slice(0, 400)}, 'memory was "300 bytes"'],
    ['a garbled memory', {...snapshot, memory: `*${snapshot.memory.slice(1)}`}, 'memory was'],
  ])('is refused with %s', (_, broken, message) => {
    expect(() => FeatureStream.restore(broken)).toThrow(message);
    expect(() => FeatureStream.restore(broken)).toThrow(
      expect.objectContaining({code: 'STATE_MISMATCH'}) as Error,
    );
  });

  it('is refused for a model with another regime', () => {
    const regime = {...REGIME, stay: [0.97, 0.91]} as const;
    expect(() => FeatureStream.restore(snapshot, {regime})).toThrow('regime was');
    expect(() => FeatureStream.restore(snapshot, {regime: REGIME})).not.toThrow();
  });
});
