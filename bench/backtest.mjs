// Candles a second of the engine on given forecasts, nothing stored: decisions, risk audit, paper broker, ledger and the record that a
// report is made of. Seconds of CPU time, garbage collection on other threads included: a busy machine would count in otherwise. Then the same with the journal in SQLite, apart.
//   npm run build && node bench/backtest.mjs [--candles FILE.csv] [--count 1000000] [--rounds 5] [--signals FILE.csv]
// The signals are those of two moving averages of the close: buy where the fast one crosses above the slow one, sell where below.
// --signals writes candles and signals as CSV, for other backtesters to run on (bench/backtest.py).
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {cpus, tmpdir} from 'node:os';
import {join} from 'node:path';
import {parseArgs} from 'node:util';
import {GivenForecasts} from '../dist/backtest/given-forecasts.js';
import {tradeCandles} from '../dist/backtest/trade-candles.js';
import {Decimal} from '../dist/domain/decimal.js';
import {DeepLearningStrategy} from '../dist/engine/deep-learning-strategy.js';
import {marketRulesFor} from '../dist/exchange/market-rules.js';
import {simulateCandles} from '../dist/exchange/simulate-candles.js';
import {PaperBroker} from '../dist/execution/paper-broker.js';
import {parseManifestText} from '../dist/model/manifest.js';
import {Journal} from '../dist/store/journal.js';
import {readCandles} from './read-candles.mjs';

const {values: flags} = parseArgs({
  options: {
    candles: {type: 'string'},
    count: {type: 'string', default: '1000000'},
    journal: {type: 'string', default: '50000'},
    rounds: {type: 'string', default: '5'},
    signals: {type: 'string'},
  },
});
const rounds = Number(flags.rounds);
const FIVE_MINUTES = {name: '5m', ms: 300_000};
const manifestPath = join(import.meta.dirname, '../models/lstm/manifest.json');
const model = {name: 'given', manifest: parseManifestText(readFileSync(manifestPath, 'utf8'), manifestPath)};

/** Candles of a file, or of a simulated market, one after the other as often as it takes. */
function candlesOf(count) {
  const some =
    flags.candles === undefined
      ? [
          ...simulateCandles({
            symbol: 'BTC/USDT',
            timeframe: FIVE_MINUTES,
            seed: 1,
            candles: Math.min(count, 100_000),
          }),
        ]
      : readCandles(flags.candles);
  const start = some[0].openTimeMs;
  return Array.from({length: count}, (_, i) => ({
    ...some[i % some.length],
    openTimeMs: start + i * FIVE_MINUTES.ms,
  }));
}

/** 0.9 where the fast average crosses above the slow one, 0.1 where below, else 0.5. */
function crossings(candles, fast, slow) {
  const probabilities = new Float64Array(candles.length).fill(0.5);
  let [fastSum, slowSum, before] = [0, 0, 0];
  for (const [i, {close}] of candles.entries()) {
    fastSum += close - (candles[i - fast]?.close ?? 0);
    slowSum += close - (candles[i - slow]?.close ?? 0);
    if (i < slow - 1) continue;
    const side = Math.sign(fastSum / fast - slowSum / slow);
    if (i >= slow && side !== before && side !== 0) probabilities[i] = side > 0 ? 0.9 : 0.1;
    if (side !== 0) before = side;
  }
  return probabilities;
}

async function run(candles, probabilities, journal) {
  const given = new GivenForecasts(
    {
      openTimesMs: Float64Array.from(candles, ({openTimeMs}) => openTimeMs),
      logits: new Float32Array(candles.length),
      probabilities,
      maxAbsInputs: new Float64Array(candles.length),
    },
    'given',
  );
  const rules = marketRulesFor('BTC/USDT', candles[0].close);
  const startingCashQuote = new Decimal(10_000);
  const strategy = new DeepLearningStrategy({
    ...{strategyId: 'bench', model, rules, timeframe: FIVE_MINUTES, threshold: 0.6},
    broker: new PaperBroker({rules, timeframeMs: FIVE_MINUTES.ms}),
    forecaster: {features: given, predictor: given},
    limits: {maxConsecutiveLosses: 0, cooldownMs: 0, maxDailyDrawdown: 1},
    ...(journal === undefined ? {} : {journal}),
  });
  const started = process.cpuUsage();
  const record = await tradeCandles(strategy, candles, {
    ...{startingCashQuote, stride: 8192},
    pause: () => Promise.resolve(),
  });
  const {user, system} = process.cpuUsage(started);
  const seconds = (user + system) / 1e6;
  return {rate: candles.length / seconds, orders: record.orders, trades: record.trades.length};
}

function summary(results) {
  const rates = results.map(({rate}) => rate).sort((a, b) => a - b);
  const thousand = (rate) => Math.round(rate / 1000).toLocaleString('en-US');
  return `${thousand(rates[Math.floor(rates.length / 2)])} thousand candles/s (${thousand(rates[0])} to ${thousand(rates.at(-1))}), ${results[0].orders} orders, ${results[0].trades} round trips`;
}

const candles = candlesOf(Number(flags.count));
const cases = {
  'nothing crosses the threshold': new Float64Array(candles.length).fill(0.5),
  'averages of 50 and 200': crossings(candles, 50, 200),
  'averages of 10 and 30': crossings(candles, 10, 30),
};
if (flags.signals !== undefined) {
  const signals = crossings(candles, 10, 30);
  const lines = candles.map(({openTimeMs, open, high, low, close, volume}, i) =>
    [openTimeMs, open, high, low, close, volume, signals[i]].join(','),
  );
  writeFileSync(flags.signals, `timestamp,open,high,low,close,volume,probability\n${lines.join('\n')}\n`);
}
console.log(
  `${cpus()[0].model}, Node ${process.versions.node}, ${candles.length} candles, median of ${rounds} rounds (lowest to highest)`,
);
for (const [name, probabilities] of Object.entries(cases)) {
  const results = [];
  for (let round = 0; round < rounds; round++) results.push(await run(candles, probabilities));
  console.log(`${name}: ${summary(results)}`);
}
const some = candles.slice(0, Number(flags.journal));
const directory = mkdtempSync(join(tmpdir(), 'dl-trade-bench-'));
try {
  const results = [];
  for (let round = 0; round < Math.min(3, rounds); round++) {
    const journal = Journal.open(join(directory, String(round)), {nowMs: () => 0}, 'process');
    results.push(await run(some, crossings(some, 10, 30), journal));
    journal.close();
  }
  console.log(`with the journal, ${some.length} candles: ${summary(results)}`);
} finally {
  rmSync(directory, {recursive: true});
}
console.log(`largest resident memory: ${Math.round(process.resourceUsage().maxRSS / 1024)} MiB`);
