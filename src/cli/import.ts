import {Option} from 'commander';
import type {Command} from 'commander';
import {countFlag, numberFlag} from './number-flag.js';
import {runAction} from './run-action.js';
import type {ImportRequest} from '../index.js';

const HELP = `
Examples:
  $ dl-trade import --weights model.pth --scaler scaler.json --out models/mine
  $ dl-trade import --weights model.pth --scaler scaler.json --out models/mine --golden golden.json --symbol ETH/USDT --timeframe 5m
  $ dl-trade --model models/mine --candles eth-5m.csv

The scaler's file is JSON: {"mean": [86 numbers], "scale": [86 numbers]}, or mean_, scale_ and var_ as scikit-learn names them. It may
say names, clip, inputScale, sequenceLength, horizon, threshold, symbol, timeframe, from, to and heldOutFrom as well, and schema and
regime as features --json prints them; a flag goes before it. A golden file is {"format": 1, "computedBy": "...", "tolerance": 1e-5, "windows": [[[...]]], "logits": [...]}: scaled
windows and the logits that Python gave for them; an import whose logits differ is refused.
examples/train-in-pytorch/ trains in Python and writes all three files.`;

const clipFlag = (text: string): number | null =>
  text === 'none' ? null : numberFlag((value) => value > 0, 'a number above 0, or none')(text);

interface ImportOptions {
  readonly weights: string;
  readonly scaler: string;
  readonly out: string;
  readonly golden?: string;
  readonly symbol?: string;
  readonly timeframe?: string;
  readonly horizon?: number;
  readonly sequenceLength?: number;
  readonly threshold?: number;
  readonly inputScale?: string;
  readonly clip?: number | null;
  readonly heads?: number;
  readonly json?: true;
}

/** `dl-trade import`: weights that were trained in Python become a model. */
export function addImportCommand(program: Command): Command {
  return program
    .command('import')
    .description('make a model of weights that were trained in Python')
    .requiredOption('--weights <file>', 'a .pth: the state_dict of a BiLSTM or a Transformer')
    .requiredOption('--scaler <file>', 'JSON with mean and scale of the 86 inputs')
    .requiredOption('--out <dir>', "the model's directory, such as models/mine; a model there is replaced")
    .option('--golden <file>', "JSON of windows and Python's logits for them")
    .option('--symbol <symbol>', 'what it was trained on (default: BTC/USDT)')
    .option('--timeframe <frame>', 'of the candles it was trained on (default: 1h)')
    .option('--horizon <n>', 'candles that a forecast looks ahead (default: 5)', countFlag)
    .option('--sequence-length <n>', 'rows of a window (default: 50)', countFlag)
    .option(
      '--threshold <p>',
      'buy above it, sell below 1 - it (default: 0.6)',
      numberFlag((p) => p >= 0.5 && p < 1, 'a number in [0.5, 1)'),
    )
    .addOption(
      new Option(
        '--input-scale <scale>',
        'anchored or raw: what the scaler was fitted on (default: anchored)',
      ).choices(['anchored', 'raw']),
    )
    .option('--clip <bound>', 'bound of scaled inputs, or none (default: none)', clipFlag)
    .option('--heads <n>', 'of a transformer whose file does not say (default: 8)', countFlag)
    .option('--json', 'print the result as JSON')
    .addHelpText('after', HELP)
    .action(async ({json, inputScale, ...request}: ImportOptions) => {
      await runAction(async ({print, note}) => {
        const {importModel} = await import('../session/import-model.js');
        const imported = await importModel({
          ...request,
          inputScale: inputScale as ImportRequest['inputScale'],
        });
        for (const assumption of imported.assumptions) note(`${assumption}: nothing said otherwise`);
        if (json === true) {
          print(JSON.stringify(imported));
          return;
        }
        const {out, hyperparameters, parameterCount, golden} = imported;
        print(
          `${hyperparameters.architecture} with ${parameterCount.toLocaleString('en-US')} parameters -> ${out}`,
        );
        print(
          golden === undefined
            ? "not compared with Python's logits: give --golden to prove that both compute the same"
            : `${golden.windows} golden windows: within ${golden.largestDifference.toExponential(1)} of what ${golden.computedBy} gave`,
        );
      });
    });
}
