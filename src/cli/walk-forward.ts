import {availableParallelism} from 'node:os';
import type {Command} from 'commander';
import type {WalkForwardResult} from '../index.js';
import {assessmentLines, percentWithin} from './assessment-lines.js';
import {countFlag, shareFlag} from './number-flag.js';
import {runAction} from './run-action.js';
import {addTrainingFlags, trainingRequest} from './training-flags.js';
import type {TrainingFlagValues} from './training-flags.js';
import {epochLine} from './training-progress.js';
import {DlTradeError} from '../domain/errors.js';

const HELP = `
Examples:
  $ dl-trade walk-forward --model lstm --candles btc-1h.csv --out walks/lstm --folds 6 --horizon 1 --epochs 10
  $ dl-trade walk-forward --model transformer --candles btc-1h.csv --out walks/tf --anchored --jobs 4

Each fold trains on what lies before its own test part, with regime, scaler and network fitted anew and the samples at each boundary purged;
the test parts follow each other, and together they are one out-of-sample record: forecasts.csv and report.json in --out.
Rolling folds train on a window of constant length, anchored ones on everything before the test part.
A stopped or killed walk-forward goes on with the same command; finished folds are kept.`;

interface WalkForwardOptions extends TrainingFlagValues {
  readonly folds: number;
  readonly anchored?: true;
  readonly trainShare?: number;
  readonly validationShare?: number;
  readonly jobs?: number;
  readonly json?: true;
}

/** `dl-trade walk-forward`: how a way of training would have done, refitted as time went on. */
export function addWalkForwardCommand(program: Command): Command {
  return addTrainingFlags(
    program
      .command('walk-forward')
      .description(
        'train fold after fold, each on the past alone, and join what they say of the next candles',
      ),
    'a directory for the folds, their record and the report',
  )
    .option('--folds <n>', 'test parts', countFlag, 5)
    .option('--anchored', 'train on everything before a test part (default: a window of constant length)')
    .option('--train-share <share>', 'of all samples that the first fold trains on (default: 0.5)', shareFlag)
    .option('--validation-share <share>', 'of those that it selects on (default: 0.15)', shareFlag)
    .option('--jobs <n>', 'folds at once, each in a process of its own (default: 1)', countFlag)
    .option('--json', 'print the result as JSON')
    .addHelpText('after', HELP)
    .action(async (options: WalkForwardOptions) => {
      await runAction(async ({print, note, signal}) => {
        const {walkForward} = await import('../session/walk-forward.js');
        const {folds, trainShare, validationShare, jobs = 1} = options;
        if (jobs > availableParallelism()) {
          note(`warning: ${jobs} jobs on ${availableParallelism()} cores: they will wait for each other`);
        }
        const result = await walkForward({
          ...trainingRequest(options),
          ...{folds, scheme: options.anchored === true ? 'anchored' : 'rolling', jobs, signal},
          ...(trainShare === undefined ? {} : {trainShare}),
          ...(validationShare === undefined ? {} : {validationShare}),
          onPlan({folds: all, done}) {
            process.stderr.write(`${all} folds${done === 0 ? '' : `, ${done} of them done before`}\n`);
          },
          onNews(news) {
            const name = `fold ${news.fold + 1}/${folds}`;
            if (news.kind === 'epoch')
              process.stderr.write(`${name}  ${epochLine(news.epoch, options.epochs ?? 50)}\n`);
            else if (news.kind === 'done') process.stderr.write(`${name}  done\n`);
          },
        }).catch((error: unknown) => {
          throw error instanceof DlTradeError && error.code === 'INTERRUPTED'
            ? new DlTradeError(
                'INTERRUPTED',
                `stopped by a signal; finished folds and checkpoints are kept in "${options.out}": the same command goes on`,
                {cause: error},
              )
            : error;
        });
        if (options.json === true) print(JSON.stringify(result));
        else for (const line of resultLines(result)) print(line);
      });
    });
}

function resultLines({folds, overall, verdict, forecasts, report}: WalkForwardResult): string[] {
  return [
    ...folds.map(
      ({fold, from, to, bestEpoch, assessment: {metrics, intervals}}) =>
        `fold ${fold}  ${from.slice(0, 10)} to ${to.slice(0, 10)}  ${percentWithin(intervals.accuracy)} right, base rate ${(metrics.baseRate * 100).toFixed(1)}%,`
        + ` log loss ${metrics.logLoss.toFixed(4)}, best epoch ${bestEpoch}`,
    ),
    'all folds together, every candle out of sample:',
    ...assessmentLines(overall, 'accuracy'),
    verdict,
    `record in ${forecasts}, report in ${report}`,
  ];
}
