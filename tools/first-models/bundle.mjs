// Makes a model under models/ of what train.py left: weights.pth, facts.json and the fitted regime.
//   node tools/first-models/bundle.mjs --trained DIR --regime regime.json --name lstm --symbol BTC/USDT --timeframe 1h --created 2026-11-23
import {createHash} from 'node:crypto';
import {copyFileSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {parseArgs} from 'node:util';
import {FEATURE_NAMES, FEATURE_SCHEMA} from '../../dist/features/index.js';
import {makeGolden, verifyGolden} from '../../dist/model/golden.js';
import {parseManifest} from '../../dist/model/manifest.js';
import {loadNetwork} from '../../dist/model/native.js';

const STEPS = 50;

const {values} = parseArgs({
  options: Object.fromEntries(
    ['trained', 'regime', 'name', 'symbol', 'timeframe', 'created'].map((name) => [name, {type: 'string'}]),
  ),
});
const facts = JSON.parse(readFileSync(join(values.trained, 'facts.json'), 'utf8'));
if (facts.names.join() !== FEATURE_NAMES.join()) throw new Error('trained on features of another schema');
const fit = JSON.parse(readFileSync(values.regime, 'utf8'));

const target = join(import.meta.dirname, '../../models', values.name);
mkdirSync(target, {recursive: true});
const weights = join(target, 'weights.pth');
copyFileSync(join(values.trained, 'weights.pth'), weights);
const network = loadNetwork(weights);

const percent = (fraction) => `${(fraction * 100).toFixed(1)}%`;
const {test} = facts;
const [low, high] = test.accuracyInterval95;
const beatsBase = low > test.baseRate;
const measured =
  `On ${test.samples} held-out candles it was right ${percent(test.accuracy)} of the time (95% interval ${percent(low)} to ${percent(high)}), `
  + `where always saying the more frequent class is right ${percent(test.baseRate)} of the time`;

const manifest = parseManifest(
  {
    format: 1,
    architecture: facts.architecture,
    hyperparameters: network.hyperparameters,
    schema: {id: FEATURE_SCHEMA.id, hash: FEATURE_SCHEMA.hash},
    inputScale: 'anchored',
    scaler: {
      mean: facts.mean,
      scale: facts.scale.map((scale) => (scale > 0 ? scale : 1)),
      constant: facts.scale.flatMap((scale, column) => (scale > 0 ? [] : [column])),
      clip: 8,
    },
    regime: fit.parameters,
    sequenceLength: STEPS,
    horizon: facts.horizon,
    decisionThreshold: facts.threshold,
    trainedOn: {
      symbol: values.symbol,
      timeframe: values.timeframe,
      source: 'USDT-quoted perpetual contract, collected from public repositories; not shipped',
      from: new Date(facts.fromMs).toISOString(),
      to: new Date(facts.toMs).toISOString(),
      rows: facts.rows,
      split: {
        train: facts.trainSamples,
        validation: facts.validation.samples,
        test: test.samples,
        purged: 2 * facts.horizon,
        // A window never reaches back over a boundary: its first rows there are no samples.
        embargo: STEPS - 1,
      },
      seed: facts.seed,
      versions: {torch: facts.torch},
    },
    metrics: {
      part: 'test',
      samples: test.samples,
      values: {
        accuracy: {value: test.accuracy, low, high},
        baseRate: test.baseRate,
        logLoss: test.logLoss,
        brierScore: test.brierScore,
      },
    },
    weightsSha256: createHash('sha256').update(readFileSync(weights)).digest('hex'),
    created: `${values.created}T00:00:00Z`,
    card: {
      summary: `A first model, to show the machinery. ${measured}; ${
        beatsBase
          ? 'the interval lies above the base rate, before any cost of trading'
          : 'that is no shown skill'
      }. Do not put money behind it.`,
      limitations: [
        'Trained once, on one symbol and one timeframe; nothing is known of others.',
        'Fees and slippage are not part of its training; an edge this small does not pay for them.',
        'The fear and greed index was unknown in training: it always feeds 0.',
        `The decision threshold is what the most decided tenth of the validation forecasts crosses, no optimum of profit.`,
      ],
      notes: `Trained in PyTorch by tools/first-models: ${facts.epochs} epochs, batch ${facts.batchSize}, AdamW with lr ${facts.learningRate}; best epoch by validation loss.`,
    },
  },
  target,
);
writeFileSync(join(target, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);

const golden = makeGolden(Float32Array.from(facts.golden.windows), facts.golden.logits, {
  computedBy: `PyTorch ${facts.torch}`,
  tolerance: 1e-5,
});
writeFileSync(join(target, 'golden.json'), JSON.stringify(golden));
console.log(manifest.card.summary);
console.log(verifyGolden(network, STEPS, golden));
network.dispose();
