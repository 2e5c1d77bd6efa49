// CPU time per candle for all 86 features, beside the Python reference and beside two npm packages on the indicators that
// they share, in one run; then whether the packages' values agree. Not wall time: a busy machine would count in;
// compilation and garbage collection on other threads do count.
//   npm run build && node bench/features.mjs [--python .venv/bin/python] [--candles FILE.csv] [--rounds 5]
// Without a Python the reference is left out.
import {execFileSync} from 'node:child_process';
import {cpus} from 'node:os';
import {join} from 'node:path';
import {parseArgs} from 'node:util';
import {computeFeatures, FEATURE_NAMES, FeatureStream} from '../dist/features/index.js';
import {PACKAGES} from './packages.mjs';
import {readCandles} from './read-candles.mjs';

const root = join(import.meta.dirname, '..');
const {values: flags} = parseArgs({
  options: {
    python: {type: 'string'},
    candles: {type: 'string', default: join(root, 'test/fixtures/features/candles.csv')},
    rounds: {type: 'string', default: '5'},
  },
});
const rounds = Number(flags.rounds);

const candles = readCandles(flags.candles);
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

function packageAll({names, create}) {
  const push = create();
  const out = new Array(names.length);
  for (const candle of candles) push(candle, out);
}

function medianOf(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

for (let i = 0; i < 3; i++) {
  streamAll();
  PACKAGES.forEach(packageAll);
}
const stream = [];
const batch = [];
const reference = [];
const packages = PACKAGES.map(() => []);
// Side by side: one round of each in turn, so that a busy machine is busy for all.
for (let round = 0; round < rounds; round++) {
  stream.push(microsecondsPerCandle(streamAll));
  batch.push(microsecondsPerCandle(() => computeFeatures(candles)));
  PACKAGES.forEach((entry, i) => packages[i].push(microsecondsPerCandle(() => packageAll(entry))));
  if (flags.python !== undefined) {
    const script = join(root, 'tools/reference/time_features.py');
    const answer = execFileSync(flags.python, [script, '--candles', flags.candles, '--rounds', '1'], {
      encoding: 'utf8',
    });
    const {rounds: timed} = JSON.parse(answer);
    reference.push((1e6 * (timed[0].all - timed[0].calendar)) / candles.length);
  }
}

const row = (what, values, times) => {
  const [low, high] = [Math.min(...times), Math.max(...times)];
  const toStream = medianOf(times) / medianOf(stream);
  return {what, values, medianUs: medianOf(times), lowUs: low, highUs: high, toStream, rounds: times.length};
};
const rows = [row('FeatureStream.push', 86, stream), row('computeFeatures', 86, batch)];
if (reference.length > 0)
  rows.push(row('numpy/pandas/statsmodels reference, without its NYSE calendar', 86, reference));
PACKAGES.forEach(({what, names}, i) => rows.push(row(what, names.length || 21, packages[i])));
console.log(`${cpus()[0].model}, Node ${process.version}, ${candles.length} candles, ${rounds} rounds`);
console.table(rows);
if (reference.length > 0) {
  console.log(
    `ratio of medians, stream to reference: ${(medianOf(stream) / medianOf(reference)).toFixed(3)}`,
  );
}

/** Largest difference of each value, behind the warm-up, as a fraction of the value or of its column's root mean square. */
function disagreement({names, create}) {
  const push = create();
  const out = new Array(names.length);
  const features = new FeatureStream();
  const pairs = names.map(() => []);
  for (const candle of candles) {
    push(candle, out);
    const values = features.push(candle)?.values;
    if (values === undefined) continue;
    names.forEach((name, i) => pairs[i].push([values[FEATURE_NAMES.indexOf(name)], out[i]]));
  }
  return pairs.map((column) => {
    const rms = Math.sqrt(column.reduce((sum, [mine]) => sum + mine * mine, 0) / column.length);
    // NaN, where a package has no value, is no agreement.
    return column.reduce((worst, [mine, theirs]) => {
      const difference = Math.abs(mine - theirs) / Math.max(Math.abs(mine), rms);
      return difference <= worst ? worst : difference;
    }, 0);
  });
}

for (const entry of PACKAGES.filter(({names}) => names.length > 0)) {
  const found = disagreement(entry);
  const apart = entry.names.flatMap((name, i) =>
    found[i] <= 1e-9 ? [] : [`${name} ${found[i].toExponential(1)}`],
  );
  console.log(
    `${entry.what}: ${entry.names.length - apart.length} of ${entry.names.length} values agree to 1e-9`
      + (apart.length === 0 ? '' : `; not ${apart.join(', ')}`),
  );
}
