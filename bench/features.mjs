// CPU time per candle for all 86 features, beside the Python reference, in one run. Not wall time: a busy machine would
// count in; compilation and garbage collection on other threads do count.
//   npm run build && node bench/features.mjs [--python .venv/bin/python] [--candles FILE.csv] [--rounds 5]
// Without a Python only our own time is measured.
import {execFileSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {cpus} from 'node:os';
import {join} from 'node:path';
import {parseArgs} from 'node:util';
import {computeFeatures, FeatureStream} from '../dist/features/index.js';

const root = join(import.meta.dirname, '..');
const {values: flags} = parseArgs({
  options: {
    python: {type: 'string'},
    candles: {type: 'string', default: join(root, 'test/fixtures/features/candles.csv')},
    rounds: {type: 'string', default: '5'},
  },
});
const rounds = Number(flags.rounds);

const candles = readFileSync(flags.candles, 'utf8')
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => {
    const [openTimeMs, open, high, low, close, volume] = line.split(',').map(Number);
    return {openTimeMs, open, high, low, close, volume};
  });
// A round of at least 50,000 candles, whatever the length of the file.
const repeats = Math.ceil(50_000 / candles.length);

function microsecondsPerCandle(work) {
  const start = process.cpuUsage();
  for (let i = 0; i < repeats; i++) work();
  const {user, system} = process.cpuUsage(start);
  return (user + system) / repeats / candles.length;
}

function streamAll() {
  const stream = new FeatureStream();
  for (const candle of candles) stream.push(candle);
}

function medianOf(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

for (let i = 0; i < 3; i++) streamAll();
const stream = [];
const batch = [];
const reference = [];
// Side by side: one round of each in turn, so that a busy machine is busy for all.
for (let round = 0; round < rounds; round++) {
  stream.push(microsecondsPerCandle(streamAll));
  batch.push(microsecondsPerCandle(() => computeFeatures(candles)));
  if (flags.python !== undefined) {
    const script = join(root, 'tools/reference/time_features.py');
    const answer = execFileSync(flags.python, [script, '--candles', flags.candles, '--rounds', '1'], {
      encoding: 'utf8',
    });
    const {rounds: timed} = JSON.parse(answer);
    reference.push((1e6 * (timed[0].all - timed[0].calendar)) / candles.length);
  }
}

const row = (what, times) => {
  const [low, high] = [Math.min(...times), Math.max(...times)];
  return {what, medianUs: medianOf(times), lowUs: low, highUs: high, rounds: times.length};
};
const rows = [row('FeatureStream.push', stream), row('computeFeatures', batch)];
if (reference.length > 0)
  rows.push(row('numpy/pandas/statsmodels reference, without its NYSE calendar', reference));
console.log(`${cpus()[0].model}, Node ${process.version}, ${candles.length} candles, ${rounds} rounds`);
console.table(rows);
if (reference.length > 0) {
  console.log(
    `ratio of medians, stream to reference: ${(medianOf(stream) / medianOf(reference)).toFixed(3)}`,
  );
}
