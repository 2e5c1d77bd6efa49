// From a closed candle to its decision in the journal: features, forecast, decision, risk audit and the line in SQLite, as a live run keeps it
// (full sync where an order depends on it).
//   npm run build && node bench/decision.mjs [--candles FILE.csv] [--count 3000]
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {cpus, loadavg, tmpdir} from 'node:os';
import {join} from 'node:path';
import {parseArgs} from 'node:util';
import {DeepLearningStrategy} from '../dist/engine/deep-learning-strategy.js';
import {marketRulesFor} from '../dist/exchange/market-rules.js';
import {simulateCandles} from '../dist/exchange/simulate-candles.js';
import {PaperBroker} from '../dist/execution/paper-broker.js';
import {ModelPersistence} from '../dist/session/model-persistence.js';
import {Journal} from '../dist/store/journal.js';

const {values: flags} = parseArgs({
  options: {candles: {type: 'string'}, count: {type: 'string', default: '3000'}},
});
const HOUR = {name: '1h', ms: 3_600_000};
const count = Number(flags.count);

function candlesOfFile(file) {
  const lines = readFileSync(file, 'utf8').trim().split('\n').slice(1);
  return lines.map((line) => {
    const [openTimeMs, open, high, low, close, volume] = line.split(',').map(Number);
    return {openTimeMs, open, high, low, close, volume};
  });
}

const candles = (
  flags.candles === undefined
    ? [...simulateCandles({symbol: 'BTC/USDT', timeframe: HOUR, seed: 1, candles: count + 1000})]
    : candlesOfFile(flags.candles)
).slice(-count - 1000);

const quantile = (sorted, q) => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))].toFixed(3);
const rows = [];
for (const name of ['lstm', 'transformer']) {
  const model = await new ModelPersistence(join(import.meta.dirname, '../models')).load(name);
  const directory = mkdtempSync(join(tmpdir(), 'dl-trade-bench-'));
  const journal = Journal.open(directory, {nowMs: () => Date.now()}, 'power');
  const rules = marketRulesFor('BTC/USDT', candles[0].close);
  const strategy = new DeepLearningStrategy({
    ...{strategyId: 'bench', model, rules, timeframe: HOUR, threshold: 0.5, journal},
    broker: new PaperBroker({rules, timeframeMs: HOUR.ms}),
    limits: {cooldownMs: 0, maxConsecutiveLosses: 0, maxAbsInput: Number.MAX_SAFE_INTEGER},
  });
  const [held, ordered] = [[], []];
  for (const candle of candles) {
    const started = performance.now();
    const records = await strategy.onCandle(candle);
    const ms = performance.now() - started;
    if (!records.some(({kind}) => kind === 'decided')) continue;
    (records.some(({kind}) => kind === 'order') ? ordered : held).push(ms);
  }
  journal.close();
  rmSync(directory, {recursive: true});
  for (const [what, times] of Object.entries({'without an order': held, 'with an order, synced': ordered})) {
    times.sort((a, b) => a - b);
    if (times.length === 0) continue;
    rows.push({
      model: name,
      what,
      decisions: times.length,
      'median ms': quantile(times, 0.5),
      'p99 ms': quantile(times, 0.99),
    });
  }
}
console.log(
  `${cpus()[0].model}, ${cpus().length} cores, load ${loadavg()[0].toFixed(1)}, Node ${process.version}`,
);
console.table(rows);
