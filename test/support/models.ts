import type {FeatureSchema} from '../../src/domain/feature-schema.js';
import type {Manifest} from '../../src/model/manifest.js';
import type {Hyperparameters} from '../../src/model/native-network.js';

/** A schema of five features, one of each unit. */
export const SMALL_SCHEMA: FeatureSchema = {
  id: 'small/1',
  hash: 'a'.repeat(64),
  features: [
    {name: 'sma_50', unit: 'price'},
    {name: 'macd', unit: 'price-difference'},
    {name: 'volume_sma_50', unit: 'volume'},
    {name: 'amihud_20', unit: '1/turnover'},
    {name: 'rsi_14', unit: 'none'},
  ],
};

export const SMALL_SIZES: Hyperparameters = {
  architecture: 'bilstm',
  ...{input_size: 5, hidden_size: 4, num_layers: 1, dropout: 0.2},
};

/** A sound manifest of the small schema, but for the hash of its weights. */
export const SMALL_MANIFEST: Omit<Manifest, 'weightsSha256'> = {
  format: 1,
  architecture: 'bilstm',
  hyperparameters: SMALL_SIZES,
  schema: {id: SMALL_SCHEMA.id, hash: SMALL_SCHEMA.hash},
  inputScale: 'raw',
  scaler: {mean: [0, 0, 0, 0, 0], scale: [1, 1, 1, 1, 1], constant: [], clip: 8},
  regime: {mean: [0, 0], variance: [1e-6, 1e-5], stay: [0.98, 0.95]},
  sequenceLength: 3,
  horizon: 5,
  decisionThreshold: 0.6,
  trainedOn: {
    ...{symbol: 'BTC/USDT', timeframe: '1h', source: 'simulated market, seed 7'},
    ...{
      from: '2024-01-01T00:00:00Z',
      to: '2024-02-01T00:00:00Z',
      rows: 700,
      heldOutFrom: '2024-01-26T00:00:00Z',
    },
    split: {train: 480, validation: 95, test: 95, purged: 10, embargo: 0},
    seed: 1,
    versions: {'dl-trade': '0.1.0'},
  },
  metrics: {
    part: 'test',
    samples: 95,
    values: {accuracy: {value: 0.51, low: 0.4, high: 0.6}, logLoss: 0.69},
    baselines: [],
  },
  created: '2024-03-01T12:00:00.000Z',
  card: {summary: 'A model for tests.', limitations: ['It has learnt nothing.']},
};
