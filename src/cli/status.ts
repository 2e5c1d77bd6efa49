import type {Command} from 'commander';
import {printable} from '../domain/printable.js';
import {Progress} from './progress.js';
import {runAction} from './run-action.js';
import {statusLines, statusTable} from './status-lines.js';

const EXAMPLES = `
Examples:
  $ dl-trade status                        every strategy below .dl-trade/, a line each
  $ dl-trade status --state-dir state      one of them, in full
  $ dl-trade status --json

Reads the journals, their locks and their kill switches, and nothing else: a running strategy is not disturbed, and prices are those
of the last closed candle. Exit code 3 where a journal cannot be read; the others are shown all the same.`;

/** `dl-trade status`: how strategies stand, by their journals. */
export function addStatusCommand(program: Command): Command {
  return program
    .command('status')
    .description(
      'show how strategies stand: running or not, halted or not, position, equity, the last decision',
    )
    .option('--state-dir <dir>', 'one strategy, in full (default: all below .dl-trade/)')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async ({stateDir, json}: {stateDir?: string; json?: true}) => {
      await runAction(async ({print}) => {
        const {statusIn, statusOfAll} = await import('../session/run-status.js');
        const progress = new Progress('status', undefined);
        const onLine = (line: number, lines: number): void => {
          progress.update(line, lines);
        };
        if (stateDir !== undefined) {
          const status = statusIn(stateDir, onLine);
          progress.end();
          if (json === true) print(JSON.stringify(status));
          else for (const line of statusLines(status)) print(printable(line));
          return 0;
        }
        const all = statusOfAll(undefined, onLine);
        progress.end();
        if (json === true) print(JSON.stringify(all));
        else for (const line of statusTable(all)) print(printable(line));
        return all.some((one) => 'error' in one) ? 3 : 0;
      });
    });
}
