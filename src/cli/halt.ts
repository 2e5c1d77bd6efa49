import type {Command} from 'commander';
import type {DlTradeError} from '../domain/errors.js';
import type {SwitchResult} from '../index.js';
import {runAction} from './run-action.js';
import type {CommandContext} from './run-action.js';

const HALT_EXAMPLES = `
Examples:
  $ dl-trade halt                                       stop every running strategy here from opening
  $ dl-trade halt --flatten --state-dir state           and close what the one in state/ holds
  $ dl-trade halt --all --reason "exchange maintenance"

A running strategy obeys within a second: opening orders that wait are canceled, nothing is opened, exit rules go on. The process
goes on as well. With --flatten what is held is closed at once, through the risk audit; a paper order fills at the open of the next
candle. The switch is the file halt.json in the state directory, so it stands through restarts and where no process runs; whoever
cannot run this command can make that file (touch state/halt.json). dl-trade resume ends it.

Without --state-dir it is for all that run below .dl-trade/, with --all for the stopped ones as well. A fresh run in a directory of its
own is not halted. Exit code 1 where a running strategy has not obeyed within three seconds, that of the error where one could not be
halted or looked into; the others are halted all the same.`;

const RESUME_EXAMPLES = `
Examples:
  $ dl-trade resume                        the one strategy that is halted below .dl-trade/
  $ dl-trade resume --state-dir state
  $ dl-trade resume --all

Lets strategies that were halted open positions again, within a second.`;

interface HaltOptions {
  readonly stateDir?: string;
  readonly all?: true;
  readonly flatten?: true;
  readonly reason?: string;
  readonly json?: true;
}

/** `dl-trade halt`: the kill switch, from another terminal. */
export function addHaltCommand(program: Command): Command {
  return program
    .command('halt')
    .description('stop running strategies from opening anything; with --flatten, close what they hold')
    .option('--state-dir <dir>', 'one strategy (default: all that run below .dl-trade/)')
    .option('--all', 'every unfinished strategy below .dl-trade/, running or not')
    .option('--flatten', 'close what is held as well')
    .option('--reason <text>', 'why, for the journal', 'by dl-trade halt')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', HALT_EXAMPLES)
    .action(async (options: HaltOptions) => {
      await runAction(async (context) => {
        const {haltRuns} = await import('../session/halt-runs.js');
        const request = requestOf(options, context);
        const results = await haltRuns({
          ...request,
          flatten: options.flatten === true,
          reason: options.reason ?? '',
        });
        return tell(results, 'halted', options, context) || request.exitCode;
      });
    });
}

/** `dl-trade resume`: ends a halt. */
export function addResumeCommand(program: Command): Command {
  return program
    .command('resume')
    .description('let strategies that were halted open positions again')
    .option('--state-dir <dir>', 'one strategy (default: the one that is halted below .dl-trade/)')
    .option('--all', 'every strategy below .dl-trade/ that is halted')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', RESUME_EXAMPLES)
    .action(async (options: HaltOptions) => {
      await runAction(async (context) => {
        const {resumeRuns} = await import('../session/halt-runs.js');
        const request = requestOf(options, context);
        return tell(await resumeRuns(request), 'resumed', options, context) || request.exitCode;
      });
    });
}

function requestOf({stateDir, all}: HaltOptions, {signal, note}: CommandContext) {
  const request = {
    ...{stateDirectory: stateDir, all, signal},
    /** Of the command where all that it was for obeyed. */
    exitCode: 0,
    onFailure({message, exitCode}: DlTradeError) {
      request.exitCode = exitCode;
      note(`warning: ${message}`);
    },
  };
  return request;
}

function tell(
  results: readonly SwitchResult[],
  done: 'halted' | 'resumed',
  {json}: HaltOptions,
  {print, note}: CommandContext,
): number {
  const late = results.filter(({running, confirmed}) => running && !confirmed);
  if (json === true) print(JSON.stringify(results));
  else for (const result of results) print(`${result.stateDirectory}: ${wordsOf(result, done)}`);
  for (const {stateDirectory} of late)
    note(
      `warning: the process in ${stateDirectory} has not obeyed within three seconds: it is stopped or busy; see to it`,
    );
  return late.length === 0 ? 0 : 1;
}

function wordsOf({running, finished, confirmed}: SwitchResult, done: 'halted' | 'resumed'): string {
  if (confirmed) return `${done}, and the running process has obeyed`;
  if (running) return `${done}; the running process has not obeyed yet`;
  return finished
    ? `${done}; the run there is finished`
    : `${done}; no process runs there, the next one will find it so`;
}
