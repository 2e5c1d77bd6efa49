// Logits a second and the latency of one window, beside PyTorch (eager and compiled) and onnxruntime-node on the same weights, in one run.
//   npm run build && node bench/inference.mjs --python .venv/bin/python [--onnxruntime DIR] [--rounds 9] [--compiled] [--out FILE]
// onnxruntime-node is looked for in DIR/node_modules, and `onnx` for its export in DIR/py on PYTHONPATH; without --onnxruntime it is left
// out. A round asks all of them in turn, so that a busy machine is busy for all; medians of the rounds' medians, and of the rounds' ratios.
import {spawn} from 'node:child_process';
import {createRequire} from 'node:module';
import {mkdtempSync, writeFileSync} from 'node:fs';
import {cpus, loadavg, tmpdir} from 'node:os';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import {parseArgs} from 'node:util';
import {loadNetwork, nativeVersions, setKernel, setThreads} from '../dist/model/native.js';

const {values: flags} = parseArgs({
  options: {
    python: {type: 'string', default: join(import.meta.dirname, '../.venv/bin/python')},
    onnxruntime: {type: 'string'},
    compiled: {type: 'boolean', default: false},
    rounds: {type: 'string', default: '9'},
    windows: {type: 'string', default: '20000'},
    out: {type: 'string'},
  },
});
const rounds = Number(flags.rounds);
const WINDOWS = Number(flags.windows);
const [STEPS, SIZE, BATCH] = [50, 86, 256];
const SINGLE_CALLS = 100;

const normal = () => Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
const rows = Float32Array.from({length: (WINDOWS + STEPS - 1) * SIZE}, normal);
const window = rows.slice(0, STEPS * SIZE);
const batch = Float32Array.from({length: BATCH * STEPS * SIZE}, normal);

const networks = {
  bilstm: loadNetwork(join(import.meta.dirname, '../models/lstm/weights.pth')),
  transformer: loadNetwork(join(import.meta.dirname, '../models/transformer/weights.pth')),
};

const child = spawn(flags.python, [join(import.meta.dirname, 'inference.py')], {
  stdio: ['pipe', 'pipe', 'inherit'],
  env: {...process.env, ...(flags.onnxruntime && {PYTHONPATH: join(flags.onnxruntime, 'py')})},
});
const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
const torch = (await lines.next()).value;
async function python(...words) {
  child.stdin.write(`${words.join(' ')}\n`);
  return JSON.parse((await lines.next()).value);
}

/** A session of onnxruntime on the same weights, for one size of batch, with so many threads. */
const sessions = new Map();
let ort;
async function session(architecture, threads, count) {
  const key = `${architecture} ${threads} ${count}`;
  if (!sessions.has(key)) {
    const file = join(folder, `${architecture}-${count}.onnx`);
    await python('export', architecture, file, count);
    const options = {intraOpNumThreads: threads, interOpNumThreads: 1, executionMode: 'sequential'};
    sessions.set(key, await ort.InferenceSession.create(file, options));
  }
  return sessions.get(key);
}

async function timed(calls, work) {
  const times = [];
  for (let i = 0; i < calls; i++) {
    const started = performance.now();
    await work();
    times.push(performance.now() - started);
  }
  return times;
}

function timedNow(calls, work) {
  const times = [];
  for (let i = 0; i < calls; i++) {
    const started = performance.now();
    work();
    times.push(performance.now() - started);
  }
  return times;
}

async function onnx(architecture, threads, windows, count, calls) {
  const own = await session(architecture, threads, count);
  const tensor = new ort.Tensor('float32', windows, [count, STEPS, SIZE]);
  return timed(calls, () => own.run({windows: tensor}));
}

const folder = mkdtempSync(join(tmpdir(), 'dl-trade-bench-'));
if (flags.onnxruntime) {
  ort = createRequire(join(flags.onnxruntime, 'package.json'))('onnxruntime-node');
}

/** Ways to compute one window: ms of each call. */
function singleWays(architecture, threads) {
  const network = networks[architecture];
  const stream = network.openStream(STEPS);
  for (let i = 0; i < STEPS; i++) stream.observe(rows.subarray(i * SIZE, (i + 1) * SIZE));
  const row = rows.subarray(0, SIZE);
  return {
    'ours, one window': () => timedNow(SINGLE_CALLS, () => network.predict(window, 1, STEPS)),
    'ours, stream': () => timedNow(SINGLE_CALLS, () => stream.push(row)),
    'ours, one window, promise': () => timed(SINGLE_CALLS, () => network.predictAsync(window, 1, STEPS)),
    'our naive LibTorch path': () => timedNow(SINGLE_CALLS, () => network.predictNaive(window, 1, STEPS)),
    'PyTorch eager': () => python('eager', architecture, threads, 1, SINGLE_CALLS),
    ...(flags.compiled && {
      'torch.compile': () => python('compiled', architecture, threads, 1, SINGLE_CALLS),
    }),
    ...(ort && {'onnxruntime-node': () => onnx(architecture, threads, window, 1, SINGLE_CALLS)}),
  };
}

/** Ways to compute every window of a history: ms a window. */
function historyWays(architecture, threads) {
  const network = networks[architecture];
  const perWindow = (count) => (times) => times.map((ms) => ms / count);
  const some = BATCH * 4;
  const part = rows.subarray(0, (some + STEPS - 1) * SIZE);
  return {
    'ours, history': () => perWindow(WINDOWS)(timedNow(1, () => network.predictHistory(rows, STEPS))),
    'ours, batch of 256': () => perWindow(BATCH)(timedNow(4, () => network.predict(batch, BATCH, STEPS))),
    'our naive LibTorch path': () => {
      setKernel('naive');
      const times = timedNow(1, () => network.predictHistory(part, STEPS));
      setKernel('fused');
      return perWindow(some)(times);
    },
    'PyTorch eager, batch 256': async () =>
      perWindow(BATCH)(await python('eager', architecture, threads, BATCH, 4)),
    ...(flags.compiled && {
      'torch.compile, batch 256': async () =>
        perWindow(BATCH)(await python('compiled', architecture, threads, BATCH, 4)),
    }),
    ...(ort && {
      'onnxruntime-node, batch 256': async () =>
        perWindow(BATCH)(await onnx(architecture, threads, batch, BATCH, 4)),
    }),
  };
}

const quantile = (numbers, q) =>
  [...numbers].sort((a, b) => a - b)[Math.min(numbers.length - 1, Math.floor(q * numbers.length))];

async function compare(work, ways) {
  for (const way of Object.values(ways)) await way();
  const measured = Object.fromEntries(Object.keys(ways).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, way] of Object.entries(ways)) measured[name].push(await way());
  }
  const eager = Object.keys(ways).find((name) => name.startsWith('PyTorch eager'));
  return Object.entries(measured).map(([name, each]) => {
    const medians = each.map((times) => quantile(times, 0.5));
    const ratios = medians.map((ms, round) => ms / quantile(measured[eager][round], 0.5));
    return {
      ...work,
      way: name,
      ms: Number(quantile(medians, 0.5).toFixed(4)),
      p99: Number(quantile(each.flat(), 0.99).toFixed(4)),
      'windows/s': Math.round(1000 / quantile(medians, 0.5)),
      'of eager': Number(quantile(ratios, 0.5).toFixed(3)),
      low: Number(Math.min(...ratios).toFixed(3)),
      high: Number(Math.max(...ratios).toFixed(3)),
    };
  });
}

/** Largest difference of logits from PyTorch's, over windows of ordinary and of clipped, large inputs. */
async function differences() {
  const found = {};
  for (const [architecture, network] of Object.entries(networks)) {
    const windows = Float32Array.from({length: 200 * STEPS * SIZE}, (_, i) =>
      Math.max(-8, Math.min(8, normal() * (i < 100 * STEPS * SIZE ? 1 : 6))),
    );
    const file = join(folder, 'windows');
    writeFileSync(file, new Uint8Array(windows.buffer));
    const theirs = await python('logits', architecture, file);
    const apart = (logits) => Math.max(...theirs.map((logit, i) => Math.abs(logit - logits[i])));
    found[architecture] = {
      fused: apart(network.predict(windows, 200, STEPS)),
      naive: apart(network.predictNaive(windows, 200, STEPS)),
    };
    if (ort === undefined) continue;
    const own = await session(architecture, 1, BATCH);
    const padded = new Float32Array(BATCH * STEPS * SIZE);
    padded.set(windows);
    const {logits} = await own.run({windows: new ort.Tensor('float32', padded, [BATCH, STEPS, SIZE])});
    found[architecture].onnxruntime = apart(logits.data);
  }
  return found;
}

const apart = await differences();
const table = [];
for (const architecture of Object.keys(networks)) {
  for (const threads of [1, 2]) {
    setThreads(threads);
    table.push(
      ...(await compare({architecture, threads, of: 'one window'}, singleWays(architecture, threads))),
    );
    table.push(
      ...(await compare({architecture, threads, of: 'history'}, historyWays(architecture, threads))),
    );
    console.error(`${architecture}, ${threads} threads: done, load ${loadavg()[0].toFixed(1)}`);
  }
}
child.stdin.end();
const versions = nativeVersions();
const about = `${cpus()[0].model}, ${versions.isa}, ${cpus().length} cores, load ${loadavg()[0].toFixed(1)}, Node ${process.version}, torch ${torch}, ${versions.kernel}, ${rounds} rounds`;
console.log(about);
console.table(table);
console.log('largest difference from PyTorch:', apart);
if (flags.out) writeFileSync(flags.out, JSON.stringify({about, table, apart}, null, 2));
