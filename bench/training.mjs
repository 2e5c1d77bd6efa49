// Training samples a second, beside the same loop in PyTorch, in one run.
//   npm run build && node bench/training.mjs --python .venv/bin/python [--rounds 5] [--only bilstm:32:1]
// A round trains both in turn, so that a busy machine is busy for both; the median of the rounds' ratios is what counts.
import {spawn} from 'node:child_process';
import {cpus} from 'node:os';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import {parseArgs} from 'node:util';
import {TimeSeriesDataset} from '../dist/training/time-series-dataset.js';
import {trainNetwork} from '../dist/training/train-network.js';

const {values: flags} = parseArgs({
  options: {
    python: {type: 'string', default: join(import.meta.dirname, '../.venv/bin/python')},
    rounds: {type: 'string', default: '5'},
    only: {type: 'string'},
  },
});
const rounds = Number(flags.rounds);
const [ROWS, STEPS, SIZE] = [30_000, 50, 86];

const HYPERPARAMETERS = {
  bilstm: {architecture: 'bilstm', input_size: SIZE, hidden_size: 128, num_layers: 2, dropout: 0.2},
  transformer: {
    architecture: 'transformer',
    ...{input_size: SIZE, d_model: 128, nhead: 8, num_layers: 2, dim_feedforward: 512, max_len: 5000},
    dropout: 0.2,
  },
};

const source = {
  inputs: Float32Array.from({length: ROWS * SIZE}, () => 4 * Math.random() - 2),
  labels: Uint8Array.from({length: ROWS}, () => (Math.random() < 0.5 ? 1 : 0)),
  openTimesMs: new Float64Array(ROWS),
  shape: {steps: STEPS, size: SIZE},
};
const samples = (length) =>
  new TimeSeriesDataset(
    source,
    Int32Array.from({length}, (_, index) => STEPS - 1 + index),
  );

/** Training alone, as its own clock has it: no start, no validation, no checkpoint. */
async function ours({architecture, batch, threads}, steps) {
  let rate = 0;
  await trainNetwork({
    hyperparameters: HYPERPARAMETERS[architecture],
    train: samples(batch * steps),
    validation: samples(1),
    epochs: 1,
    batchSize: batch,
    threads,
    onProgress: ({samplesPerSecond}) => (rate = samplesPerSecond),
  });
  return rate;
}

const child = spawn(flags.python, [join(import.meta.dirname, 'training.py')], {
  stdio: ['pipe', 'pipe', 'inherit'],
});
const answers = createInterface(child.stdout)[Symbol.asyncIterator]();
const answer = async () => (await answers.next()).value;

async function python({architecture, batch, threads}, steps) {
  child.stdin.write(`${architecture} ${batch} ${threads} ${steps}\n`);
  return Number(await answer());
}

const medianOf = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

const torch = await answer();
const rows = [];
for (const architecture of ['bilstm', 'transformer']) {
  for (const batch of [32, 256]) {
    for (const threads of [1, 2]) {
      if (flags.only !== undefined && flags.only !== `${architecture}:${batch}:${threads}`) continue;
      const work = {architecture, batch, threads};
      const steps = batch === 32 ? 16 : 3;
      await ours(work, 2);
      await python(work, 2);
      const measured = [];
      for (let round = 0; round < rounds; round++) {
        const here = await ours(work, steps);
        measured.push({here, there: await python(work, steps)});
      }
      const ratios = measured.map(({here, there}) => here / there);
      rows.push({
        ...work,
        ours: Math.round(medianOf(measured.map(({here}) => here))),
        pytorch: Math.round(medianOf(measured.map(({there}) => there))),
        ratio: Number(medianOf(ratios).toFixed(2)),
        low: Number(Math.min(...ratios).toFixed(2)),
        high: Number(Math.max(...ratios).toFixed(2)),
      });
      console.error(rows.at(-1));
    }
  }
}
child.stdin.end();
console.log(
  `${cpus()[0].model}, ${cpus().length} cores, Node ${process.version}, torch ${torch}, samples/s, ${rounds} rounds`,
);
console.table(rows);
