import type {Command} from 'commander';
import {DlTradeError} from '../domain/errors.js';
import {Progress} from './progress.js';
import {runAction} from './run-action.js';
import {SENTIMENT_HELP} from './sentiment-help.js';

const EXAMPLES = `
Examples:
  $ dl-trade predict --model lstm --candles BTCUSDT-5m.csv
  $ dl-trade predict --model lstm --candles BTCUSDT-5m.csv --json
  $ dl-trade predict --model transformer --candles btc.csv --all --out forecasts.csv

Without --all: the prediction for the last closed candle. With it: timestamp and probability, a row a candle once warm: the
same numbers, to the bit, that a run would decide on.`;

interface PredictOptions {
  readonly model: string;
  readonly candles: string;
  readonly modelsDir?: string;
  readonly all?: true;
  readonly out?: string;
  readonly threshold?: string;
  readonly sentiment?: string;
  readonly json?: true;
}

/** `dl-trade predict`: what a model says of the last candle of a file, or of all of them. */
export function addPredictCommand(program: Command): Command {
  return program
    .command('predict')
    .description('print what a model says of the last closed candle of a file, or write it for all of them')
    .requiredOption('--model <name>', 'a name under models/, or a path')
    .requiredOption('--candles <file>', 'candles: CSV, .csv.gz or Parquet')
    .option('--models-dir <dir>', 'where models lie (default: models/, then those shipped)')
    .option('--all', 'every candle; needs --out')
    .option('--out <file>', 'where --all writes: .csv.gz, .parquet, else CSV; - is stdout')
    .option('--threshold <p>', 'buy above it, sell below 1 - it (default: the manifest decides)')
    .option('--sentiment <source>', SENTIMENT_HELP)
    .option('--json', 'print the result as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (options: PredictOptions) => {
      await runAction(async ({print, note, signal}) => {
        if ((options.all === true) !== (options.out !== undefined)) {
          throw new DlTradeError(
            'USAGE',
            '--all and --out go together: predict --model M --candles F --all --out F',
          );
        }
        const {predictAll, predictLast} = await import('../session/predict-file.js');
        const progress = new Progress('predict', undefined);
        const request = {
          model: options.model,
          modelsDirectory: options.modelsDir,
          candlesFile: options.candles,
          threshold: options.threshold,
          sentiment: options.sentiment,
          environment: process.env,
          signal,
          onProgress: (candles: number) => {
            progress.update(candles);
          },
        };
        if (options.out !== undefined) {
          const summary = await predictAll({...request, out: options.out}).finally(() => {
            progress.end();
          });
          for (const warning of summary.warnings) note(`warning: ${warning}`);
          if (options.out === '-') return;
          if (options.json === true) print(JSON.stringify(summary));
          else
            print(
              `${String(summary.rows)} forecasts of ${String(summary.candles)} candles -> ${options.out}`,
            );
          return;
        }
        const {prediction, candle, warnings} = await predictLast(request).finally(() => {
          progress.end();
        });
        for (const warning of warnings) note(`warning: ${warning}`);
        if (options.json === true) {
          print(JSON.stringify({...prediction, timestamp: candle.openTimeMs}));
          return;
        }
        print(
          `${new Date(candle.openTimeMs).toISOString()}  close ${String(candle.close)}  ${prediction.signal}`
            + `  probability ${prediction.probability.toFixed(4)}  confidence ${prediction.confidence.toFixed(4)}`
            + `  (${prediction.model}, ${prediction.prediction_time_ms.toFixed(2)} ms)`,
        );
      });
    });
}
