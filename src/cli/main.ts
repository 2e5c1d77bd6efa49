#!/usr/bin/env node
import {readFileSync} from 'node:fs';
import {Command} from 'commander';
import {addBacktestCommand} from './backtest.js';
import {addCompareCommand} from './compare.js';
import {addDoctorCommand} from './doctor.js';
import {addFeaturesCommand} from './features.js';
import {addFetchCommand} from './fetch.js';
import {addHaltCommand, addResumeCommand} from './halt.js';
import {addImportCommand} from './import.js';
import {addInspectCommand} from './inspect.js';
import {addPredictCommand} from './predict.js';
import {addReplayCommand} from './replay.js';
import {addReportCommand} from './report.js';
import {leaveQuietlyWhenReaderIsGone, reportFailure} from './run-action.js';
import {addRunOptions} from './run.js';
import {addStatusCommand} from './status.js';
import {addTrainCommand} from './train.js';
import {addWalkForwardCommand} from './walk-forward.js';

function readVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as {version: string}).version;
}

function createProgram(): Command {
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
  addRunOptions(program);
  const commands = [
    ...[
      addFetchCommand,
      addFeaturesCommand,
      addTrainCommand,
      addCompareCommand,
      addWalkForwardCommand,
      addBacktestCommand,
    ],
    ...[addPredictCommand, addInspectCommand, addImportCommand],
    ...[
      addStatusCommand,
      addReportCommand,
      addReplayCommand,
      addHaltCommand,
      addResumeCommand,
      addDoctorCommand,
    ],
  ];
  for (const add of commands) {
    add(program).exitOverride().allowExcessArguments(false).showSuggestionAfterError();
  }
  return program;
}

leaveQuietlyWhenReaderIsGone();
try {
  await createProgram().parseAsync();
} catch (error) {
  process.exitCode = reportFailure(error);
}
