import type {Command} from 'commander';
import {DlTradeError} from '../domain/errors.js';
import {checkLines, proofLines} from './doctor-lines.js';
import {Progress} from './progress.js';
import {runAction} from './run-action.js';
import type {CommandContext} from './run-action.js';

const EXAMPLES = `
Examples:
  $ dl-trade doctor                                             can a run work here?
  $ dl-trade doctor --provider binance                          the exchange as well, and what its key may do where one is set
  $ dl-trade doctor --features --candles BTCUSDT-5m.csv         do the features keep their laws on these candles?
  $ dl-trade doctor --features --candles btc.csv --thorough --json

Without --features: Node, the native addon, every model against its golden file, the settings of the environment, the
state directory, the disk, and an exchange where one is named: reachable, its clock, its market, what its key may do and
what lies there. No order is sent. The exit code is that of the first failure (2 settings, 3 disk and journal, 4 addon
and models, 5 exchange); warnings do not count.

With --features, for whoever adds a feature: tries on your candles that no value is NaN or infinite; that no row changes
when the candles after it are cut off or changed (look-ahead); that one candle at a time gives the same bits as the whole
history; and that no row depends on where the history begins (recursion that does not forget). By default on 8 stretches
of 2,000 candles, some seconds; --thorough takes every candle. It finds what your candles show, and never a breach that is
none. Exit code 1 where a law is broken, which is a defect of the feature and not of the candles; 3 for candles that
cannot be used.`;

interface DoctorOptions {
  readonly features?: true;
  readonly candles?: string;
  readonly thorough?: true;
  readonly modelsDir?: string;
  readonly stateDir?: string;
  readonly provider?: string;
  readonly symbol?: string;
  readonly json?: true;
}

/** `dl-trade doctor`: whether everything here works, or whether the features keep their laws. */
export function addDoctorCommand(program: Command): Command {
  return program
    .command('doctor')
    .description('say whether a run can work here; with --features, whether the features keep their laws')
    .option('--features', 'prove the laws of the features; needs --candles')
    .option('--candles <file>', 'candles for --features: CSV, .csv.gz or Parquet')
    .option('--thorough', 'with --features: every candle, not a sample')
    .option('--models-dir <dir>', 'where models lie (default: models/, then those shipped)')
    .option('--state-dir <dir>', 'where a run would keep its journals (default: .dl-trade)')
    .option('--provider <id>', 'an exchange to look at as well (default: TRADING_PROVIDER, else none)')
    .option('--symbol <symbol>', 'what would be traded there (default: BTC/USDT)')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (options: DoctorOptions) => {
      await runAction(async (context) => {
        if (options.features === true) return proveFeatures(options, context);
        if (options.candles !== undefined || options.thorough === true) {
          throw new DlTradeError(
            'USAGE',
            '--candles and --thorough go with --features: doctor --features --candles F',
          );
        }
        return examine(options, context);
      });
    });
}

async function examine(options: DoctorOptions, {print, signal}: CommandContext): Promise<number> {
  const {runDoctor} = await import('../session/doctor.js');
  const report = await runDoctor({
    environment: process.env,
    modelsDirectory: options.modelsDir,
    stateDirectory: options.stateDir,
    ...{provider: options.provider, symbol: options.symbol},
    signal,
  });
  if (options.json === true) print(JSON.stringify(report));
  else for (const line of checkLines(report)) print(line);
  return report.exitCode;
}

async function proveFeatures(options: DoctorOptions, {print, note, signal}: CommandContext): Promise<number> {
  if (options.candles === undefined) {
    throw new DlTradeError(
      'USAGE',
      '--features needs candles to try the laws on: doctor --features --candles F',
    );
  }
  const {proveFile} = await import('../session/prove-file.js');
  let progress: Progress | undefined;
  const report = await proveFile({
    candlesFile: options.candles,
    thorough: options.thorough,
    signal,
    onProgress(done, total) {
      progress ??= new Progress('trials', total);
      progress.update(done);
    },
  }).finally(() => {
    progress?.end();
  });
  for (const warning of report.warnings) note(`warning: ${warning}`);
  // NaN and Infinity by name: JSON knows neither, and they are what is to be said.
  const named = (_: string, value: unknown) =>
    typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
  if (options.json === true) print(JSON.stringify(report, named));
  else for (const line of proofLines(report)) print(line);
  return report.holds ? 0 : 1;
}
