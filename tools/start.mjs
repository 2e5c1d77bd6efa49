// `npm start`: the BiLSTM strategy on the embedded simulated market, bounded and at full speed, so that a first run ends
// and shows its summary. Every flag that is given goes to the command as it is.
import {spawn} from 'node:child_process';
import {constants} from 'node:os';
import {resolve} from 'node:path';

const given = process.argv.slice(2);
const names = new Set(given.map((argument) => argument.split('=')[0]));
const has = (...flags) => flags.some((flag) => names.has(flag));

const defaults = [
  ...(has('--model') ? [] : ['--model', 'lstm']),
  ...(has('--candles', '--provider', '--max-candles') ? [] : ['--max-candles', '600']),
  ...(has('--speed') ? [] : ['--speed', 'max']),
];

const command = resolve(import.meta.dirname, '../dist/cli/main.js');
const wantsHelp = has('--help', '-h');
const child = spawn(process.execPath, [command, ...(wantsHelp ? [] : defaults), ...given], {
  stdio: 'inherit',
});

// A terminal's Ctrl-C reaches the command by itself, and a second one would end it at once; elsewhere it is handed on.
process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'));
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('error', (error) => {
  console.error(`npm start: the command could not be run (${error.message})`);
  process.exitCode = 1;
});
child.on('exit', (code, signal) => {
  process.exitCode = signal === null ? code : 128 + constants.signals[signal];
});
