import type {Command} from 'commander';
import {printable} from '../domain/printable.js';
import type {ReplayDifference, ReplayReport} from '../index.js';
import {count, moment} from '../domain/amount-text.js';
import {parseTimeframe} from '../domain/timeframe.js';
import {Progress} from './progress.js';
import {runAction} from './run-action.js';

const EXAMPLES = `
Examples:
  $ dl-trade replay --state-dir .dl-trade/sim-lstm-BTC-USDT-1h/run-0001
  $ dl-trade replay --state-dir state --json
  $ dl-trade replay --state-dir state --model old-models/lstm

Computes every decision of a journal again, through the engine that made it: features, logit, decision, risk verdict with its
numbers, order ids, and on paper the fills. Every byte must match. Candles, sentiment, the kill switch and what a venue said are taken
from the journal. Nothing is written; a run that goes on is not disturbed. The model, LibTorch, the instruction set and the feature
schema must be the recorded ones; the recorded number of threads is used.

Exit code 3 where a line comes out otherwise: the first one is shown, field by field.`;

interface ReplayOptions {
  readonly stateDir: string;
  readonly model?: string;
  readonly modelsDir?: string;
  readonly anyKernel?: true;
  readonly json?: true;
}

/** Fields that are shown of a line that differs. */
const SHOWN = 20;

/** `dl-trade replay`: whether a journal's decisions come out again, byte for byte. */
export function addReplayCommand(program: Command): Command {
  return program
    .command('replay')
    .description('compute every decision of a journal again; each must match byte for byte')
    .requiredOption('--state-dir <dir>', 'the state directory of a run')
    .option('--model <name>', 'a name, or a path to a model (default: the one that the journal names)')
    .option('--models-dir <dir>', 'where models lie (default: models/, then those shipped)')
    .option('--any-kernel', 'go on with another LibTorch or instruction set, whose last bits may differ')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (options: ReplayOptions) => {
      await runAction(async ({print, note, signal}) => {
        const {replayRun} = await import('../session/replay-run.js');
        let progress: Progress | undefined;
        const report = await replayRun({
          stateDirectory: options.stateDir,
          model: options.model,
          modelsDirectory: options.modelsDir,
          anyKernel: options.anyKernel,
          signal,
          onNote: (text) => {
            note(`warning: ${text}`);
          },
          onProgress(done, total) {
            progress ??= new Progress('replay', total);
            progress.update(done);
          },
        }).finally(() => {
          progress?.end();
        });
        if (options.json === true) print(JSON.stringify(report));
        else for (const line of replayLines(report)) print(printable(line));
        return report.ok ? 0 : 3;
      });
    });
}

function replayLines(report: ReplayReport): string[] {
  const {model, symbol, timeframe, stateDirectory, difference, waitingLines, finished} = report;
  const matched = `${count(report.matchedSteps)} decisions (${count(report.matchedLines)} of ${count(report.lines)} lines)`;
  const about = `${model} on ${symbol} ${timeframe}, ${stateDirectory}`;
  if (difference !== null)
    return [
      `${about}: DIFFERS behind ${matched}`,
      ...differenceLines(difference, parseTimeframe(timeframe).ms),
    ];
  return [
    `${about}: ${matched} match, byte for byte`,
    ...(finished ? [] : ['  the run is not finished: this is what its journal holds so far']),
    ...(waitingLines === 0
      ? []
      : [`  ${count(waitingLines)} lines at the end belong to a candle that is still being taken in`]),
  ];
}

function differenceLines(
  {seq, kind, candleMs, computedKind, fields}: ReplayDifference,
  timeframeMs: number,
): string[] {
  const place = `  line ${String(seq)}, ${kind}${candleMs === null ? '' : ` of the candle ${moment(candleMs, timeframeMs)} UTC`}`;
  if (computedKind === null) return [`${place}: nothing comes of what stands before it`];
  if (computedKind !== kind) return [`${place}: ${computedKind} was computed in its place`];
  return [
    `${place}:`,
    ...fields
      .slice(0, SHOWN)
      .map(({path, was, now}) => `    ${path}: recorded ${text(was)}, computed ${text(now)}`),
    ...(fields.length > SHOWN ? [`    and ${count(fields.length - SHOWN)} more`] : []),
    ...(fields.length === 0 ? ['    the same values, written otherwise'] : []),
  ];
}

function text(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}
