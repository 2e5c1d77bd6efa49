// Largest resident memory of a whole backtest without its network: reading, features, trading, report and its JSON. A network that
// says what the newest candle did stands in, so that a million candles take a minute and not half an hour; the real ones add
// their weights and LibTorch.
//   npm run build && node bench/backtest-memory.mjs CANDLES.csv [COUNT]
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {loadTradingConfig} from '../dist/config/trading-config.js';
import {FEATURE_COUNT, FEATURE_SCHEMA} from '../dist/features/schema.js';
import {InputPipeline} from '../dist/model/input-pipeline.js';
import {parseManifestText} from '../dist/model/manifest.js';
import {StandardScaler} from '../dist/model/standard-scaler.js';
import {openBacktestFeeds} from '../dist/session/backtest-feed.js';
import {backtestSymbol, openSubject} from '../dist/session/backtest-symbol.js';

const [, , source, count = '1000000'] = process.argv;
const manifestPath = join(import.meta.dirname, '../models/lstm/manifest.json');
const manifest = parseManifestText(readFileSync(manifestPath, 'utf8'), manifestPath);
const INTRADAY_RETURN = 10;
const network = {
  predictAsync: (windows, batch, steps) =>
    Promise.resolve(
      Float32Array.from(
        {length: batch},
        (_, b) => Math.sin(windows[(b * steps + steps - 1) * FEATURE_COUNT + INTRADAY_RETURN]) / 4,
      ),
    ),
};
const inputs = new InputPipeline(
  FEATURE_SCHEMA,
  manifest.inputScale,
  StandardScaler.fromJSON(manifest.scaler),
);
const model = {name: 'stub', manifest, inputs, network};

const directory = mkdtempSync(join(tmpdir(), 'dl-trade-bench-'));
try {
  const path = join(directory, 'BTC-USDT-5m.csv');
  const [head, ...rows] = readFileSync(source, 'utf8').trim().split('\n');
  const start = Date.UTC(2015, 0, 1);
  const lines = [head];
  for (let i = 0; i < Number(count); i++) {
    const row = rows[i % rows.length];
    lines.push(`${String(start + i * 300_000)}${row.slice(row.indexOf(','))}`);
  }
  writeFileSync(path, `${lines.join('\n')}\n`);
  rows.length = lines.length = 0;
  globalThis.gc?.();

  const started = process.cpuUsage();
  const config = loadTradingConfig({candles: path, threshold: '0.55'}, {});
  const range = {fromMs: undefined, toMs: undefined};
  const sentiment = {option: {}, identity: 'none', close: () => undefined};
  const ground = {model, config, range, sentiment, signal: undefined, onProgress: () => undefined};
  const [feed] = await openBacktestFeeds(model, config, {files: [path], symbols: [], range});
  const {report} = await backtestSymbol(await openSubject(feed, ground), ground, undefined);
  const bytes = JSON.stringify(report).length;
  const {user, system} = process.cpuUsage(started);
  console.log(
    `${report.period.candles} candles, ${report.trades.length} round trips, ${Math.round(bytes / 2 ** 20)} MiB of JSON, ${((user + system) / 1e6).toFixed(1)} s of CPU, largest resident memory ${Math.round(process.resourceUsage().maxRSS / 1024)} MiB`,
  );
} finally {
  rmSync(directory, {recursive: true});
}
