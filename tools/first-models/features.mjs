// The feature table that the first models are trained on: the regime fitted on the first 70% of the candles alone, then the
// 86 features of all of them with it.
//   node tools/first-models/features.mjs --candles BTCUSDT-1h.csv --out DIR
import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {parseArgs} from 'node:util';
import {readCandles} from '../../dist/candles/read-candles.js';
import {FEATURE_NAMES, FeatureStream} from '../../dist/features/index.js';
import {fitRegime, returnsOf} from '../../dist/features/regime-fit.js';
import {createTable} from '../../dist/files/table-writer.js';

const TRAINING_FRACTION = 0.7;

const {values} = parseArgs({options: {candles: {type: 'string'}, out: {type: 'string'}}});
mkdirSync(values.out, {recursive: true});

const {history} = await readCandles(values.candles, {clock: {nowMs: () => Date.now()}});
const training = history.slice(0, Math.floor(history.length * TRAINING_FRACTION));
const fit = fitRegime(returnsOf(training));
writeFileSync(join(values.out, 'regime.json'), JSON.stringify(fit, null, 2));

const stream = new FeatureStream({regime: fit.parameters});
const table = await createTable(join(values.out, 'features.csv'), {columns: FEATURE_NAMES, digits: 17});
let rows = 0;
for (const candle of history) {
  const row = stream.push(candle);
  if (row === undefined) continue;
  rows += 1;
  await table.write(row.openTimeMs, row.values);
}
await table.commit();
console.log(`${rows} rows of ${history.length} candles; regime`, fit.parameters);
