import type {Command} from 'commander';
import {printable} from '../domain/printable.js';
import {Progress} from './progress.js';
import {reportLines} from './report-lines.js';
import {runAction} from './run-action.js';

const EXAMPLES = `
Examples:
  $ dl-trade report --state-dir .dl-trade/sim-lstm-BTC-USDT-1h/run-0001
  $ dl-trade report --state-dir state --json     every trade as well

Reads the journal and nothing else, of a finished run or of one that goes on.`;

/** `dl-trade report`: what a run came to, by its journal. */
export function addReportCommand(program: Command): Command {
  return program
    .command('report')
    .description('show what a run came to: trades, profit and loss, fees, refusals, performance')
    .requiredOption('--state-dir <dir>', 'the state directory of a run')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async ({stateDir, json}: {stateDir: string; json?: true}) => {
      await runAction(async ({print}) => {
        const {reportOf} = await import('../session/run-report.js');
        const progress = new Progress('report', undefined);
        const report = reportOf(stateDir, (line, lines) => {
          progress.update(line, lines);
        });
        progress.end();
        if (json === true) print(JSON.stringify(report));
        else for (const line of reportLines(report)) print(printable(line));
        return 0;
      });
    });
}
