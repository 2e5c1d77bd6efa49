// How long a command takes from the shell's point of view, as whole processes, one after the other in each round.
//   node bench/startup.mjs --candles FILE [--rounds 15]
import {spawnSync} from 'node:child_process';
import {join, resolve} from 'node:path';
import {parseArgs} from 'node:util';

const {values} = parseArgs({options: {candles: {type: 'string'}, rounds: {type: 'string', default: '15'}}});
if (values.candles === undefined) {
  console.error('bench/startup: --candles FILE is missing');
  process.exit(2);
}
const root = resolve(import.meta.dirname, '..');
const cli = join(root, 'dist/cli/main.js');
const candles = resolve(values.candles);
const COMMANDS = {
  'node itself (-e 0)': ['-e', '0'],
  'dl-trade --version': [cli, '--version'],
  'dl-trade --help': [cli, '--help'],
  'dl-trade inspect': [cli, 'inspect', join(root, 'models/lstm/weights.pth')],
  'dl-trade predict, lstm': [cli, 'predict', '--model', 'lstm', '--candles', candles],
  'dl-trade predict, transformer': [cli, 'predict', '--model', 'transformer', '--candles', candles],
};

const times = new Map(Object.keys(COMMANDS).map((name) => [name, []]));
for (let round = 0; round < Number(values.rounds); round++) {
  for (const [name, args] of Object.entries(COMMANDS)) {
    const started = performance.now();
    const {status, stderr} = spawnSync(process.execPath, args, {cwd: root, encoding: 'utf8'});
    const took = performance.now() - started;
    if (status !== 0) throw new Error(`${name} ended with ${String(status)}: ${stderr}`);
    // The first round reads files from the disk.
    if (round > 0) times.get(name).push(took);
  }
}
console.log(`Node ${process.version}, ${times.values().next().value.length} rounds\n`);
console.log('| command | median ms | lowest | highest |\n|---|---|---|---|');
for (const [name, all] of times) {
  const sorted = all.toSorted((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)];
  console.log(`| ${name} | ${median.toFixed(0)} | ${sorted[0].toFixed(0)} | ${sorted.at(-1).toFixed(0)} |`);
}
