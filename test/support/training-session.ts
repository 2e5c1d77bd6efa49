import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import type {TrainingRequest} from '../../src/session/training-request.js';
import {candlesToCsv} from './candle-csv.js';
import {plantedMarket} from './planted-market.js';

/** Candles in a file, and a training of them that takes a second. */
export function smallTraining(
  folder: string,
  name = 'small',
): TrainingRequest & {readonly candlesFile: string} {
  const candlesFile = join(folder, 'BTCUSDT-1h.csv');
  writeFileSync(candlesFile, candlesToCsv(plantedMarket({candles: 1500, repeats: 0.8, seed: 'session'})));
  return {
    ...{network: 'lstm', candlesFile, out: join(folder, name), horizon: 1, sequenceLength: 8},
    ...{epochs: 3, batchSize: 64, learningRate: 0.01, seed: 3},
    sizes: {hidden_size: 4, num_layers: 1, dropout: 0.1},
  };
}

/** The same for a Transformer. */
export function smallTransformer(folder: string): TrainingRequest & {readonly candlesFile: string} {
  return {
    ...smallTraining(folder, 'other'),
    network: 'transformer',
    sizes: {d_model: 8, nhead: 2, num_layers: 1, dim_feedforward: 8, dropout: 0.1},
  };
}
