import {Option} from 'commander';
import type {Command} from 'commander';
import {countFlag, numberFlag, positiveFlag, seedFlag} from './number-flag.js';
import {SENTIMENT_HELP} from './sentiment-help.js';
import type {TrainingRequest} from '../index.js';

const dropoutFlag = numberFlag((value) => value >= 0 && value < 1, 'a share from 0 to below 1');

/** Flags that every training has. */
export interface TrainingFlagValues {
  readonly model: string;
  readonly candles: string;
  readonly out: string;
  readonly symbol?: string;
  readonly horizon?: number;
  readonly sequenceLength?: number;
  readonly inputScale?: string;
  readonly sentiment?: string;
  readonly embargo?: number;
  readonly epochs?: number;
  readonly batchSize?: number;
  readonly lr?: number;
  readonly patience?: number;
  readonly seed?: number;
  readonly threads?: number;
  readonly hiddenSize?: number;
  readonly dModel?: number;
  readonly heads?: number;
  readonly layers?: number;
  readonly feedForward?: number;
  readonly dropout?: number;
}

/** Adds the flags of the samples, the optimiser and the network. */
export function addTrainingFlags(command: Command, out: string): Command {
  return command
    .requiredOption('--model <network>', 'lstm or transformer')
    .requiredOption('--candles <file>', 'candles: CSV, .csv.gz or Parquet')
    .requiredOption('--out <dir>', out)
    .option('--symbol <symbol>', "what the candles are of (default: by the file's name, else BTC/USDT)")
    .option('--horizon <n>', 'candles that a label looks ahead (default: 5)', countFlag)
    .option('--sequence-length <n>', 'rows of a window (default: 50)', countFlag)
    .addOption(
      new Option('--input-scale <scale>', 'anchored or raw (default: anchored)').choices(['anchored', 'raw']),
    )
    .option('--sentiment <source>', SENTIMENT_HELP)
    .option('--embargo <n>', 'samples left out behind each boundary (default: 0)', seedFlag)
    .option('--epochs <n>', 'at most (default: 50)', countFlag)
    .option('--batch-size <n>', '(default: 32)', countFlag)
    .option('--lr <rate>', 'learning rate of AdamW (default: 0.001)', positiveFlag)
    .option(
      '--patience <n>',
      'epochs without a better validation loss before it stops (default: 10)',
      countFlag,
    )
    .option('--seed <n>', 'of weights, shuffles and dropout (default: 0)', seedFlag)
    .option('--threads <n>', 'of one computation (default: 1)', countFlag)
    .option('--layers <n>', 'of either network (default: 2)', countFlag)
    .option('--hidden-size <n>', 'of the lstm (default: 128)', countFlag)
    .option('--d-model <n>', 'of the transformer (default: 128)', countFlag)
    .option('--heads <n>', 'of the transformer (default: 8)', countFlag)
    .option('--feed-forward <n>', 'of the transformer (default: 4 times d-model)', countFlag)
    .option('--dropout <share>', 'of either network (default: 0.2)', dropoutFlag);
}

/** What the flags ask for. A wrong name of an input scale is told by what reads it. */
export function trainingRequest(flags: TrainingFlagValues): Omit<TrainingRequest, 'signal'> {
  const {model, candles, out, lr, hiddenSize, dModel, heads, layers, feedForward, dropout, ...same} = flags;
  const {symbol, horizon, sequenceLength, sentiment, embargo, epochs, batchSize, patience, seed, threads} =
    same;
  const sizes = {
    ...(hiddenSize === undefined ? {} : {hidden_size: hiddenSize}),
    ...(dModel === undefined ? {} : {d_model: dModel}),
    ...(heads === undefined ? {} : {nhead: heads}),
    ...(layers === undefined ? {} : {num_layers: layers}),
    ...(feedForward === undefined ? {} : {dim_feedforward: feedForward}),
    ...(dropout === undefined ? {} : {dropout}),
  };
  return {
    ...{network: model, candlesFile: candles, out, sizes, learningRate: lr},
    ...{sentiment, environment: process.env},
    ...{symbol, horizon, sequenceLength, embargo, epochs, batchSize, patience, seed, threads},
    inputScale: same.inputScale as TrainingRequest['inputScale'],
  };
}
