import type {Command} from 'commander';
import type {PreparedTraining, TrainedModel} from '../index.js';
import {assessmentLines} from './assessment-lines.js';
import {epochLine, TrainingBar} from './training-progress.js';
import {runAction} from './run-action.js';
import {addTrainingFlags, trainingRequest} from './training-flags.js';
import type {TrainingFlagValues} from './training-flags.js';

const HELP = `
Examples:
  $ dl-trade train --model lstm --candles btc-1h.csv --out models/mine
  $ dl-trade train --model transformer --candles btc-1h.csv --out models/mine --horizon 1 --epochs 20 --lr 0.0005
  $ dl-trade train --model lstm --candles btc-1h.csv --out models/mine --resume
  $ dl-trade --model models/mine --candles btc-1h.csv

The candles are split 70/15/15 in time order: training, validation, test; regime and scaler are fitted on training rows alone, the
best epoch and the decision threshold are chosen on validation. The test part is looked at once, at the end; --skip-test
leaves it alone, which is how to try settings. Beside the result stand two simple classifiers on the same samples, so that
nobody takes a base rate for skill.

Ctrl-C stops at the next batch with everything saved in <out>.training, and so is every epoch; --resume goes on from there to the
same result as never having stopped, --restart begins anew. The model in --out is replaced when the new one is done, not before.`;

interface TrainOptions extends TrainingFlagValues {
  readonly resume?: true;
  readonly restart?: true;
  readonly skipTest?: true;
  readonly json?: true;
}

/** `dl-trade train`: a model of one's own candles. */
export function addTrainCommand(program: Command): Command {
  return addTrainingFlags(
    program.command('train').description('train a network on candles and save it as a model'),
    "the model's directory, such as models/mine",
  )
    .option('--resume', 'go on where a stopped training of the same settings was')
    .option('--restart', 'begin anew, whatever a stopped training has left')
    .option('--skip-test', 'leave the test part alone: for choosing settings')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', HELP)
    .action(async (options: TrainOptions) => {
      await runAction(async ({print, note, signal}) => {
        const {trainModel} = await import('../session/train-model.js');
        const isJson = options.json === true;
        const bar = new TrainingBar();
        const say = (line: string): void => {
          bar.end();
          if (isJson) process.stderr.write(`${line}\n`);
          else print(line);
        };
        const trained = await trainModel(
          {
            ...trainingRequest(options),
            ...{resume: options.resume, restart: options.restart, skipTest: options.skipTest, signal},
          },
          {
            onNote(text) {
              note(`warning: ${text}`);
            },
            onPrepared(prepared) {
              for (const line of preparedLines(options.candles, prepared)) say(line);
            },
            onBaseline(name) {
              say(`baseline fitted: ${name}`);
            },
            onProgress(progress) {
              bar.update(progress);
            },
            onEpoch(epoch, epochs) {
              say(epochLine(epoch, epochs));
            },
          },
        ).finally(() => {
          bar.end();
        });
        if (isJson) {
          // Not the forecast of every sample: the model can be asked for those again.
          print(JSON.stringify({...trained, heldOut: undefined}));
          return;
        }
        for (const line of resultLines(trained)) print(line);
      });
    });
}

function preparedLines(
  candles: string,
  {hyperparameters, symbol, timeframe, ...prepared}: PreparedTraining,
): string[] {
  const {rows, fromMs, toMs, samples, horizon} = prepared;
  const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
  const count = (value: number): string => value.toLocaleString('en-US');
  return [
    `dl-trade train: ${hyperparameters.architecture} on ${candles}, ${symbol} ${timeframe}, horizon ${horizon}`,
    `${count(rows)} rows from ${day(fromMs)} to ${day(toMs)}: ${count(samples.train)} samples to train, ${count(samples.validation)} to validate,`
      + ` ${count(samples.test)} to test, ${samples.purged} purged`,
  ];
}

function resultLines({
  out,
  bestEpoch,
  ended,
  validation,
  test,
  threshold,
  summary,
  prepared,
}: TrainedModel): string[] {
  const name = prepared.hyperparameters.architecture;
  return [
    `${ended === 'stopped-early' ? 'stopped early' : 'done'}: the best epoch was ${bestEpoch}, decision threshold ${threshold}`,
    'validation part, on which it was selected:',
    ...assessmentLines(validation, name),
    ...(test === undefined
      ? ['test part: not looked at']
      : ['test part, looked at once:', ...assessmentLines(test, name)]),
    summary,
    `saved in ${out}`,
  ];
}
