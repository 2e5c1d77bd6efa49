import {createHash} from 'node:crypto';
import {join} from 'node:path';
import {afterEach, describe, expect, it} from 'vitest';
import {computeFeatures} from '../../src/features/compute-features.js';
import {forecastHistory} from '../../src/model/predict-history.js';
import {createNetwork, nativeVersions, setKernel, setThreads} from '../../src/model/native.js';
import type {Hyperparameters} from '../../src/model/native-network.js';
import type {Model} from '../../src/model/model-persistence.js';
import {Predictor} from '../../src/model/predictor.js';
import {ModelPersistence} from '../../src/session/model-persistence.js';
import {caught} from '../support/caught.js';
import {ROOT} from '../support/cli.js';
import {fixtureCandles} from '../support/fixture-candles.js';
import {addonIsBuilt, someWindows, TINY_BILSTM, TINY_TRANSFORMER} from '../support/native.js';

const BOTH: readonly Hyperparameters[] = [TINY_BILSTM, TINY_TRANSFORMER];

async function shipped(name: string): Promise<Model> {
  const model = await new ModelPersistence(join(ROOT, 'models')).load(name);
  if (model === null) throw new Error(`models/${name} is missing`);
  return model;
}

describe.skipIf(!addonIsBuilt)('inference', () => {
  afterEach(() => {
    setKernel('fused');
    setThreads(1);
  });

  it.each(['lstm', 'transformer'])(
    'gives the same bits candle by candle and over a whole history, and LibTorch agrees: %s',
    {timeout: 60_000},
    async (name) => {
      const model = await shipped(name);
      const features = computeFeatures(fixtureCandles(), {regime: model.manifest.regime});
      const history = await forecastHistory(model, features);
      expect(history.logits.length).toBeGreaterThan(300);

      const predictor = new Predictor(model, () => 0);
      const size = model.inputs.size;
      const streamed: number[] = [];
      for (const [i, openTimeMs] of features.openTimesMs.entries()) {
        const values = features.values.slice(i * size, (i + 1) * size);
        const segmentStart = features.segmentStart[i] === 1;
        const forecast = predictor.predict({openTimeMs, values, filled: false, segmentStart});
        if (forecast !== undefined) streamed.push(forecast.logit);
      }
      expect(streamed).toEqual([...history.logits]);

      setThreads(2);
      expect((await forecastHistory(model, features)).logits).toEqual(history.logits);
      setKernel('naive');
      const naive = await forecastHistory(model, features);
      const apart = naive.logits.map((logit, i) => Math.abs(logit - history.logits[i]!));
      expect(Math.max(...apart)).toBeLessThan(1e-5);
      model.network.dispose();
    },
  );

  // Journals name the kernel and replay by its bits, on whatever machine. Another hash is another kernel, whose name ends in another
  // number, or other weights.
  it.each([
    ['lstm', '63f723b0526eb455737659a1fead4c5211057e5eea75061015a8fd217b326125'],
    ['transformer', '6dd379f31562d13eb598753b733423841c6c88ea5d2d06e570ae785f3eb42187'],
  ])('gives the bits that the name of its kernel stands for: %s', async (name, expected) => {
    const model = await shipped(name);
    expect(model.network.kernel).toBe('fused-1');
    const rows = Float32Array.from({length: 400 * 86}, (_, i) => (((i * 7919) % 2001) - 1000) / 250);
    const {buffer} = model.network.predictHistory(rows, 50);
    expect(createHash('sha256').update(new Uint8Array(buffer)).digest('hex')).toBe(expected);
    model.network.dispose();
  });

  it.each(BOTH)('names its kernel and lets it be chosen: $architecture', (sizes) => {
    const network = createNetwork(sizes, 1);
    const windows = someWindows(2 * 6 * 4);
    const fused = network.predict(windows, 2, 6);
    expect(network.kernel).toBe(nativeVersions().kernel);
    setKernel('naive');
    expect([network.kernel, nativeVersions().kernel]).toEqual(['naive', 'naive']);
    const naive = network.predict(windows, 2, 6);
    expect(naive).toEqual(network.predictNaive(windows, 2, 6));
    for (const [i, logit] of fused.entries()) expect(logit).toBeCloseTo(naive[i]!, 5);
    expect(() => {
      setKernel('fast' as 'fused');
    }).toThrow(TypeError);
  });

  it.each(BOTH)(
    'gives a history the logits of its windows, off the main thread as well: $architecture',
    async (sizes) => {
      const network = createNetwork(sizes, 1);
      const rows = someWindows(9 * 4);
      const expected = [0, 1, 2, 3].map(
        (first) => network.predict(rows.slice(first * 4, (first + 6) * 4), 1, 6)[0],
      );
      expect([...network.predictHistory(rows, 6)]).toEqual(expected);
      const later = network.predictHistoryAsync(rows, 6);
      rows.fill(NaN);
      expect([...(await later)]).toEqual(expected);
      expect(network.predictHistory(new Float32Array(5 * 4), 6)).toHaveLength(0);
    },
  );

  it.each(BOTH)('opens streams that know nothing of each other: $architecture', (sizes) => {
    const network = createNetwork(sizes, 1);
    const rows = someWindows(9 * 4);
    const row = (i: number): Float32Array => rows.subarray(i * 4, (i + 1) * 4);
    const [one, other] = [network.openStream(3), network.openStream(2)];
    expect(one.push(row(0))).toBeUndefined();
    expect(other.push(row(5))).toBeUndefined();
    one.observe(row(1));
    expect(other.push(row(6))).toBe(network.predict(rows.slice(20, 28), 1, 2)[0]);
    expect(one.push(row(2))).toBe(network.predict(rows.slice(0, 12), 1, 3)[0]);
    one.reset();
    expect(one.push(row(3))).toBeUndefined();
  });

  it.each(BOTH)(
    'refuses a row that it cannot take, and goes on as if it had not come: $architecture',
    (sizes) => {
      const network = createNetwork(sizes, 1);
      const rows = someWindows(2 * 4);
      const stream = network.openStream(2);
      stream.observe(rows.subarray(0, 4));
      for (const wrong of [new Float32Array(3), Float32Array.of(0, NaN, 0, 0), [0, 0, 0, 0]]) {
        expect(() => stream.push(wrong as Float32Array)).toThrow(TypeError);
      }
      expect(stream.push(rows.subarray(4))).toBe(network.predict(rows, 1, 2)[0]);

      // The stream keeps its network's weights.
      network.dispose();
      expect(stream.push(rows.subarray(4))).toEqual(expect.any(Number));
      stream.close();
      stream.close();
      expect(caught(() => stream.push(rows.subarray(4)))).toMatchObject({code: 'NATIVE_FAILED'});
      expect(caught(() => network.openStream(2))).toMatchObject({code: 'NATIVE_FAILED'});
    },
  );
});
