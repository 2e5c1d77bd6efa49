// Trains a tiny network until it is stopped from outside, and prints a line an epoch:
//   node train-forever.mjs CHECKPOINT [EPOCHS exit|throw]
// The samples are those of `someHistory` in training.ts, so that a test can go on from the checkpoint.
import {parentPort, workerData} from 'node:worker_threads';
import {TimeSeriesDataset} from '../../dist/training/time-series-dataset.js';
import {trainNetwork} from '../../dist/training/train-network.js';

const [checkpointPath, leaveAfter, how] = workerData?.arguments ?? process.argv.slice(2);
const rows = 80;
const [steps, size] = [6, 4];
let state = 1;
const next = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
const source = {
  inputs: Float32Array.from({length: rows * size}, () => 4 * next() - 2),
  labels: Uint8Array.from({length: rows}, () => (next() < 0.5 ? 1 : 0)),
  openTimesMs: new Float64Array(rows),
  shape: {steps, size},
};
const samples = (first, length) =>
  new TimeSeriesDataset(
    source,
    Int32Array.from({length}, (_, index) => first + index),
  );
const stop = new AbortController();
process.once('SIGINT', () => stop.abort());

const {ended, history} = await trainNetwork({
  hyperparameters: {architecture: 'bilstm', input_size: 4, hidden_size: 3, num_layers: 2, dropout: 0.2},
  train: samples(5, 38),
  validation: samples(45, 20),
  epochs: 1_000_000,
  earlyStoppingPatience: 1_000_000,
  batchSize: 10,
  learningRate: 0.01,
  seed: 3,
  checkpointPath,
  signal: stop.signal,
  onEpoch({epoch}) {
    console.log(`epoch ${epoch}`);
    parentPort?.postMessage(epoch);
    if (epoch !== Number(leaveAfter)) return;
    if (how === 'exit') process.exit(7);
    // Out of reach of the training, which would hand it to its caller.
    queueMicrotask(() => {
      throw new Error('thrown beside the training');
    });
  },
});
console.log(`${ended} after ${history.length}`);
