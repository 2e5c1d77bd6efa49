import {appendFileSync} from 'node:fs';
import {describe, expect, it} from 'vitest';
import type {Candle} from '../../src/domain/candle.js';
import {SeededRandom} from '../../src/domain/seeded-random.js';
import type {Hyperparameters} from '../../src/model/native-network.js';
import {forecastDataset} from '../../src/training/forecast-dataset.js';
import {accuracyInterval} from '../../src/training/metrics/accuracy-interval.js';
import {classificationMetrics, correctness} from '../../src/training/metrics/classification-metrics.js';
import type {Outcomes} from '../../src/training/metrics/classification-metrics.js';
import {prepareTraining} from '../../src/training/prepare-training.js';
import type {Datasets} from '../../src/training/data-preprocessor.js';
import {TimeSeriesDataset} from '../../src/training/time-series-dataset.js';
import {trainNetwork} from '../../src/training/train-network.js';
import {addonIsBuilt} from '../support/native.js';
import {bestAccuracy, plantedMarket} from '../support/planted-market.js';

/** `node bench/truth.mjs` runs the same tests with the networks' own sizes, on histories four times as long. */
const FULL = process.env['DL_TRADE_TRUTH'] === 'full';
const CANDLES = FULL ? 20_000 : 5_000;
const REPEATS = 0.65;

const NETWORKS: readonly Hyperparameters[] = [
  {
    architecture: 'bilstm',
    input_size: 86,
    dropout: 0.2,
    ...(FULL ? {hidden_size: 128, num_layers: 2} : {hidden_size: 8, num_layers: 1}),
  },
  {
    ...{architecture: 'transformer', input_size: 86, max_len: 5000, dropout: 0.2},
    ...(FULL
      ? {d_model: 128, nhead: 8, num_layers: 2, dim_feedforward: 512}
      : {d_model: 16, nhead: 2, num_layers: 1, dim_feedforward: 32}),
  },
];

function prepare(candles: readonly Candle[], horizon: number): Datasets {
  return prepareTraining(candles, {horizon, sequenceLength: FULL ? 50 : 10});
}

async function trained(
  hyperparameters: Hyperparameters,
  {train, validation, test}: Datasets,
): Promise<Outcomes> {
  const {network} = await trainNetwork({
    ...{hyperparameters, train, validation, seed: 5},
    ...(FULL
      ? {epochs: 12, batchSize: 128, earlyStoppingPatience: 3}
      : {epochs: 10, batchSize: 32, learningRate: 3e-3}),
  });
  try {
    return await forecastDataset(network, test);
  } finally {
    network.dispose();
  }
}

/** What the leak test asks: can this accuracy be chance? A network that saw nothing of the future is right half of the time; where one
 *  label is more frequent by chance, one that happens to say it all the time is right that often.
 *  @param share of the more frequent label among those that were forecast */
function mayBeChance(outcomes: Outcomes, horizon: number, share = 0.5): boolean {
  const {low, high} = accuracyInterval(correctness(outcomes), {horizon, confidence: 0.99});
  return low <= share && 1 - share <= high;
}

function note(what: string, {architecture}: Hyperparameters, outcomes: Outcomes, more = ''): void {
  const path = process.env['DL_TRADE_TRUTH_LOG'];
  if (path === undefined) return;
  const {accuracy, samples} = classificationMetrics(outcomes);
  appendFileSync(
    path,
    `| ${what} | ${architecture} | ${samples} | ${(accuracy * 100).toFixed(2)}% | ${more} |\n`,
  );
}

/** The same parts with other inputs or labels. */
function remade(
  {train, validation, test, split}: Datasets,
  change: (source: TimeSeriesDataset['source']) => TimeSeriesDataset['source'],
): Datasets {
  const source = change(train.source);
  const part = ({samples}: TimeSeriesDataset): TimeSeriesDataset => new TimeSeriesDataset(source, samples);
  return {train: part(train), validation: part(validation), test: part(test), split};
}

describe.skipIf(!addonIsBuilt)('a trained network', {timeout: FULL ? 7_200_000 : 120_000}, () => {
  const planted = plantedMarket({candles: CANDLES, repeats: REPEATS, seed: 'planted'});
  const walk = plantedMarket({candles: CANDLES, repeats: 0.5, seed: 'walk'});

  it.for(NETWORKS)('finds a planted signal: $architecture', async (network) => {
    const data = prepare(planted, 1);
    const outcomes = await trained(network, data);
    const times = Array.from({length: data.test.length}, (_, i) => data.test.openTimeMs(i));
    const best = bestAccuracy(planted, times);
    const {accuracy} = classificationMetrics(outcomes);
    note('planted signal', network, outcomes, `best possible ${(best * 100).toFixed(2)}%`);
    expect(accuracy).toBeGreaterThanOrEqual(best - 0.03);
  });

  it.for(NETWORKS)('finds nothing in a random walk: $architecture', async (network) => {
    for (const horizon of [1, 5]) {
      const outcomes = await trained(network, prepare(walk, horizon));
      const {low, high} = accuracyInterval(correctness(outcomes), {horizon, confidence: 0.99});
      const interval = `${(low * 100).toFixed(1)} to ${(high * 100).toFixed(1)}`;
      note(`random walk, horizon ${String(horizon)}`, network, outcomes, `99% interval ${interval}`);
      expect(mayBeChance(outcomes, horizon), `horizon ${String(horizon)}: ${interval}`).toBe(true);
    }
  });

  it.for(NETWORKS)('learns nothing from labels that were shuffled: $architecture', async (network) => {
    const data = remade(prepare(planted, 1), (source) => ({...source, labels: shuffled(source.labels)}));
    const outcomes = await trained(network, data);
    const share = classificationMetrics(outcomes).baseRate;
    note('shuffled labels', network, outcomes, `the more frequent label ${(share * 100).toFixed(2)}%`);
    expect(mayBeChance(outcomes, 1, share)).toBe(true);
  });

  it.for(NETWORKS)('is caught where its inputs leak the next candle: $architecture', async (network) => {
    // Every row holds what the next one should: the mistake of a shift in the wrong direction.
    const leaky = remade(prepare(walk, 1), (source) => {
      const {size} = source.shape;
      const inputs = new Float32Array(source.inputs.length);
      inputs.set(source.inputs.subarray(size));
      return {...source, inputs};
    });
    const outcomes = await trained(network, leaky);
    note('leaky pipeline', network, outcomes);
    expect(mayBeChance(outcomes, 1)).toBe(false);
    expect(classificationMetrics(outcomes).accuracy).toBeGreaterThan(0.9);
  });
});

function shuffled(labels: Uint8Array): Uint8Array {
  const random = new SeededRandom('shuffled labels');
  const result = labels.slice();
  for (let i = result.length - 1; i > 0; i--) {
    const j = Math.floor(random.uniform() * (i + 1));
    [result[i], result[j]] = [result[j]!, result[i]!];
  }
  return result;
}
