import type {Command} from 'commander';
import type {ComparedModel, Comparison} from '../index.js';
import {assessmentLines, calibrationLines, confusionLines, percent} from './assessment-lines.js';
import {bpsFlag} from './number-flag.js';
import {Progress} from './progress.js';
import {runAction} from './run-action.js';
import {SENTIMENT_HELP} from './sentiment-help.js';
import {timeFlag} from './time-flag.js';

const HELP = `
Examples:
  $ dl-trade compare --candles btc-1h.csv
  $ dl-trade compare --models lstm,models/mine --candles btc-1h.csv --json
  $ dl-trade compare --candles newer.csv --from 2024-06-01 --no-record
  $ dl-trade --model best --candles btc-1h.csv

The models are measured on the same candles: those that none of them has seen, by what their manifests say, or those from --from on.
The winner is the one of the lower log loss there; it is recorded in best.json beside the models, and --model best means it from then on:
but not where a model is given by its path, nor where --from reaches into candles that were trained on.`;

interface CompareOptions {
  readonly models: string;
  readonly candles: string;
  readonly from?: string;
  readonly modelsDir?: string;
  readonly feeBps?: number;
  readonly slippageBps?: number;
  readonly sentiment?: string;
  readonly record: boolean;
  readonly json?: true;
}

/** `dl-trade compare`: models side by side on candles that none of them has seen. */
export function addCompareCommand(program: Command): Command {
  return program
    .command('compare')
    .description('measure models on the same held-out candles, and record which one is best')
    .requiredOption('--candles <file>', 'candles: CSV, .csv.gz or Parquet')
    .option('--models <names>', 'names or paths, by commas', 'lstm,transformer')
    .option(
      '--from <time>',
      'the first candle that counts (default: where the held-out candles of all begin)',
    )
    .option('--models-dir <dir>', 'where models lie (default: models/, then those shipped)')
    .option('--fee-bps <bps>', 'fee of a fill in basis points (default: 10)', bpsFlag)
    .option('--slippage-bps <bps>', 'slippage of a fill in basis points (default: 2)', bpsFlag)
    .option('--sentiment <source>', SENTIMENT_HELP)
    .option('--no-record', 'leave best.json as it is')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', HELP)
    .action(async (options: CompareOptions) => {
      await runAction(async ({print, note, signal}) => {
        const {compareModels} = await import('../session/compare-models.js');
        let progress: Progress | undefined;
        let measured: string | undefined;
        const names = options.models.split(',').map((name) => name.trim());
        const comparison = await compareModels({
          models: names,
          modelsDirectory: options.modelsDir,
          candlesFile: options.candles,
          fromMs: timeFlag('--from', options.from),
          // A path is no name that `best.json` could mean.
          recordIn:
            options.record && names.every((name) => !/[\\/]/.test(name))
              ? (options.modelsDir ?? 'models')
              : undefined,
          ...{feeBps: options.feeBps, slippageBps: options.slippageBps, signal},
          ...{sentiment: options.sentiment, environment: process.env},
          onProgress: (model, {done, total}) => {
            if (model !== measured) {
              progress?.end();
              progress = new Progress(`compare ${model}`, total);
              measured = model;
            }
            progress?.update(done);
          },
        }).finally(() => {
          progress?.end();
        });
        for (const warning of comparison.warnings) note(`warning: ${warning}`);
        if (options.json === true) print(JSON.stringify(comparison));
        else for (const line of comparisonLines(comparison)) print(line);
      });
    });
}

function comparisonLines({candles, heldOut, ...found}: Comparison): string[] {
  const {models, tests, winner, verdict, recorded} = found;
  const day = (time: string): string => time.slice(0, 10);
  return [
    `${candles.samples.toLocaleString('en-US')} candles of ${candles.name}${heldOut ? ' that none of them has seen' : ', some of them seen in training'}, ${day(candles.from)} to ${day(candles.to)}`,
    ...models.flatMap(modelLines),
    ...tests.map(
      ({against, test}) =>
        `${winner} beside ${against}: ${test.verdict} (${test.name} p ${test.pValue.toPrecision(2)}; ${test.firstOnly} right alone against ${test.secondOnly})`,
    ),
    verdict,
    ...(recorded === undefined ? [] : [`recorded in ${recorded}: --model best means ${winner}`]),
  ];
}

function modelLines({model, assessment, traded, latency, threshold, horizon}: ComparedModel): string[] {
  const {performance, buyAndHold, trades, fills, feesPaidQuote} = traded;
  const ratio = (value: number | null): string => value?.toFixed(2) ?? 'none';
  return [
    `${model} (horizon ${horizon}, threshold ${threshold})`,
    ...assessmentLines(assessment, 'accuracy'),
    ...confusionLines(assessment),
    '  calibration:',
    ...calibrationLines(assessment).map((line) => `  ${line}`),
    `  its decisions, after costs: ${percent(performance.totalReturn)} in ${trades} round trips (${fills} fills, fees ${Number(feesPaidQuote).toFixed(2)}),`
      + ` Sharpe ${ratio(performance.sharpe)}, Sortino ${ratio(performance.sortino)}, drawdown ${percent(performance.maxDrawdown)};`
      + ` holding: ${percent(buyAndHold.totalReturn)}, Sharpe ${ratio(buyAndHold.sharpe)}, drawdown ${percent(buyAndHold.maxDrawdown)}`,
    `  one window takes ${latency.p50Ms.toFixed(2)} ms (median), ${latency.p99Ms.toFixed(2)} ms (99 in 100)`,
  ];
}
