import type {Command} from 'commander';
import {DlTradeError} from '../domain/errors.js';
import {printable} from '../domain/printable.js';
import type {InspectReport} from '../index.js';
import {runAction} from './run-action.js';

const EXAMPLES = `
Examples:
  $ dl-trade inspect models/lstm/weights.pth
  $ dl-trade inspect download.pth --json

Nothing in the file is executed: it is read by a parser that can build tensors and plain values alone.
Exit code 4 where the file is refused.`;

/** `dl-trade inspect FILE.pth`: what a checkpoint holds, or which rule it breaks. */
export function addInspectCommand(program: Command): Command {
  return program
    .command('inspect')
    .description('show what a .pth checkpoint holds, without executing anything in it')
    .argument('<file>', 'a checkpoint written by torch.save')
    .option('--json', 'print the report as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (file: string, options: {json?: true}) => {
      await runAction(async ({print}) => {
        if (file === '') throw new DlTradeError('USAGE', 'the path was ""; want a .pth file');
        const {inspectCheckpoint} = await import('../model/native.js');
        const report = inspectCheckpoint(file);
        if (options.json === true) print(JSON.stringify(report));
        else
          // The file may come from anywhere: nothing of it reaches the terminal unescaped.
          for (const line of reportLines(file, report)) print(printable(line));
        return report.ok ? 0 : 4;
      });
    });
}

function reportLines(file: string, report: InspectReport): string[] {
  if (!report.ok) return [`${file}: refused`, `  ${report.message} [${report.code}]`];
  const width = Math.max(0, ...report.tensors.map(({name}) => name.length));
  const values = report.tensors.reduce((sum, {shape}) => sum + shape.reduce((a, b) => a * b, 1), 0);
  const nonfinite = report.tensors.reduce((sum, tensor) => sum + tensor.nonfinite, 0);
  return [
    `${file}: ${report.format}, ${String(report.tensors.length)} tensors, ${values.toLocaleString('en-US')} values`,
    `  architecture: ${report.architecture ?? 'neither BiLSTM nor Transformer'}`,
    ...(report.hyperparameters === null
      ? []
      : [`  hyperparameters: ${JSON.stringify(report.hyperparameters)}`]),
    ...(nonfinite === 0
      ? []
      : [`  ${String(nonfinite)} values are NaN or infinite: a load would refuse them`]),
    ...report.tensors.map(
      ({name, dtype, shape, nonfinite: bad}) =>
        `  ${name.padEnd(width)}  ${dtype.padEnd(8)} [${shape.join(', ')}]${bad === 0 ? '' : `  ${String(bad)} non-finite`}`,
    ),
  ];
}
