#!/usr/bin/env node
import {readFileSync} from 'node:fs';
import type {Command} from 'commander';
import {leaveQuietlyWhenReaderIsGone, reportFailure} from './run-action.js';

// A command's own file is read where the command is named, or where all of them are listed: nobody waits for the others. Nor does
// the version wait for commander.
const COMMANDS: Readonly<Record<string, (program: Command) => Promise<Command>>> = {
  fetch: async (program) => (await import('./fetch.js')).addFetchCommand(program),
  features: async (program) => (await import('./features.js')).addFeaturesCommand(program),
  train: async (program) => (await import('./train.js')).addTrainCommand(program),
  compare: async (program) => (await import('./compare.js')).addCompareCommand(program),
  'walk-forward': async (program) => (await import('./walk-forward.js')).addWalkForwardCommand(program),
  backtest: async (program) => (await import('./backtest.js')).addBacktestCommand(program),
  predict: async (program) => (await import('./predict.js')).addPredictCommand(program),
  inspect: async (program) => (await import('./inspect.js')).addInspectCommand(program),
  import: async (program) => (await import('./import.js')).addImportCommand(program),
  status: async (program) => (await import('./status.js')).addStatusCommand(program),
  report: async (program) => (await import('./report.js')).addReportCommand(program),
  replay: async (program) => (await import('./replay.js')).addReplayCommand(program),
  halt: async (program) => (await import('./halt.js')).addHaltCommand(program),
  resume: async (program) => (await import('./halt.js')).addResumeCommand(program),
  doctor: async (program) => (await import('./doctor.js')).addDoctorCommand(program),
};

function readVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as {version: string}).version;
}

/** @param first the first word of the command line */
async function createProgram(first: string | undefined): Promise<Command> {
  const {Command} = await import('commander');
  const program = new Command('dl-trade')
    .description('Run PyTorch BiLSTM and Transformer weights, unchanged, as a crypto trading strategy.')
    .version(readVersion())
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      outputError(text, write) {
        write(text.replace(/^error: /, 'dl-trade: '));
      },
    });
  const needed = neededCommands(first);
  if (needed.length !== 1) (await import('./run.js')).addRunOptions(program);
  for (const name of needed) {
    const command = await COMMANDS[name]!(program);
    command.exitOverride().allowExcessArguments(false).showSuggestionAfterError();
    blameUnknownFirst(command);
  }
  return program;
}

/** A misspelt flag is what was wrong, not that its right spelling is missing, which commander looks at first. */
function blameUnknownFirst(command: Command): void {
  const parseOptions = command.parseOptions.bind(command);
  command.parseOptions = (args) => {
    const parsed = parseOptions(args);
    if (parsed.unknown.length > 0) for (const option of command.options) option.makeOptionMandatory(false);
    return parsed;
  };
}

/** @throws USAGE where the command line begins with a word that is no command */
async function requireCommand(first: string | undefined): Promise<void> {
  if (first === undefined || first.startsWith('-') || Object.hasOwn(COMMANDS, first)) return;
  const {unknownCommand} = await import('./unknown-command.js');
  throw unknownCommand(first, Object.keys(COMMANDS));
}

function neededCommands(first: string | undefined): readonly string[] {
  return first !== undefined && Object.hasOwn(COMMANDS, first) ? [first] : Object.keys(COMMANDS);
}

leaveQuietlyWhenReaderIsGone();
try {
  const [, , first] = process.argv;
  if (first === '--version' || first === '-V') process.stdout.write(`${readVersion()}\n`);
  else {
    await requireCommand(first);
    await (await createProgram(first)).parseAsync();
  }
} catch (error) {
  process.exitCode = reportFailure(error);
}
