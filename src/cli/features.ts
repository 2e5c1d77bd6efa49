import type {Command} from 'commander';
import {countFlag} from './number-flag.js';
import {Progress} from './progress.js';
import {runAction} from './run-action.js';
import {SENTIMENT_HELP} from './sentiment-help.js';

const EXAMPLES = `
Examples:
  $ dl-trade features --candles BTCUSDT-5m.csv --out features.csv
  $ dl-trade features --candles btc.csv.gz --out features.parquet --model lstm
  $ dl-trade features --candles btc.csv --out features.csv --sentiment alternative.me
  $ dl-trade features --candles btc.csv --out -          (CSV to stdout)
  $ dl-trade features --candles btc-1h.csv --out training.parquet --anchored --label 1 --json > training.json

A row a candle once warm (the first is the file's 601st candle): timestamp in ms and the 86 features of schema dl86/1.
--anchored and --label N make a table to train on elsewhere (examples/train-in-pytorch/): inputs as the networks see them before they
are scaled, and a last column, label: 1 where the close is higher N candles later, 0 where not, NaN where nobody knows.
The regime features use the model's fitted parameters with --model, else the documented defaults.
TRADING_SENTIMENT stands in for --sentiment. What alternative.me answered is kept for an hour under ~/.cache/dl-trade.`;

interface FeaturesOptions {
  readonly candles: string;
  readonly out: string;
  readonly model?: string;
  readonly modelsDir?: string;
  readonly sentiment?: string;
  readonly anchored?: true;
  readonly label?: number;
  readonly json?: true;
}

/** `dl-trade features`: the 86 features of a candle file. */
export function addFeaturesCommand(program: Command): Command {
  return program
    .command('features')
    .description('write the 86 features of every candle of a file')
    .requiredOption('--candles <file>', 'candles: CSV, .csv.gz or Parquet')
    .requiredOption('--out <file>', 'where the table goes: .csv.gz, .parquet, else CSV; - is stdout')
    .option('--model <name>', 'take the regime parameters that this model was trained with')
    .option('--models-dir <dir>', 'where models lie (default: models/, then those shipped)')
    .option('--sentiment <source>', SENTIMENT_HELP)
    .option('--anchored', "anchor price and volume to the row's own level, as the networks' inputs are")
    .option('--label <n>', 'add a last column: is the close higher n candles later?', countFlag)
    .option('--json', 'print what was written as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (options: FeaturesOptions) => {
      await runAction(async ({print, note, signal}) => {
        const {exportFeatures} = await import('../session/export-features.js');
        const progress = new Progress('features', undefined);
        const summary = await exportFeatures({
          candlesFile: options.candles,
          out: options.out,
          model: options.model,
          modelsDirectory: options.modelsDir,
          sentiment: options.sentiment,
          inputScale: options.anchored === true ? 'anchored' : 'raw',
          labelHorizon: options.label,
          environment: process.env,
          signal,
          onProgress: (candles) => {
            progress.update(candles);
          },
        }).finally(() => {
          progress.end();
        });
        for (const warning of summary.warnings) note(`warning: ${warning}`);
        // A table on stdout is the result itself.
        if (options.out === '-') return;
        if (options.json === true) print(JSON.stringify(summary));
        else
          print(
            `${String(summary.rows)} rows of ${String(summary.candles)} candles (${summary.timeframe}) -> ${options.out}`,
          );
      });
    });
}
