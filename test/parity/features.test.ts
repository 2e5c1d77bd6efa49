import {mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import type {Candle} from '../../src/domain/candle.js';
import {computeFeatures} from '../../src/features/compute-features.js';
import {FEATURE_NAMES} from '../../src/features/schema.js';
import type {FeatureOptions} from '../../src/features/feature-stream.js';
import {fitRegime, returnsOf} from '../../src/features/regime-fit.js';
import {RecordedSentiment} from '../../src/features/sentiment.js';
import {candlesFromCsv, candlesToCsv, realCandles} from '../support/candle-csv.js';
import {
  compareColumns,
  readFeatureReference,
  type ColumnDifference,
  type FeatureReference,
} from '../support/feature-reference.js';
import {candlesOf, NASTY_MARKETS, ordinaryMarket} from '../support/markets.js';
import {findPython, runPython} from '../support/python.js';

const ROOT = resolve(import.meta.dirname, '../..');
const FIXTURES = join(ROOT, 'test/fixtures/features');
const REPORT = join(ROOT, 'build/parity/features.json');
const SENTIMENT_CSV = join(FIXTURES, 'sentiment.csv');

const report: Record<string, Record<string, number>> = {};

/** The rows of `ours` at the reference's times, and what differs by more than the law allows. */
function breaches(
  market: string,
  candles: readonly Candle[],
  reference: FeatureReference,
  options: FeatureOptions,
): ColumnDifference[] {
  const table = computeFeatures(candles, options);
  const rowAt = new Map([...table.openTimesMs].map((time, row) => [time, row]));
  const rows = reference.openTimesMs.map((time) => rowAt.get(time));
  expect(rows.every((row) => row !== undefined)).toBe(true);
  const ours = Float64Array.from(
    rows.flatMap((row) => [
      ...table.values.subarray(row! * FEATURE_NAMES.length, (row! + 1) * FEATURE_NAMES.length),
    ]),
  );
  const columns = compareColumns(ours, reference);
  report[market] = Object.fromEntries(columns.map(({feature, largest}) => [feature, largest]));
  return columns.filter(({ofAllowed}) => !(ofAllowed <= 1));
}

function recordedSentiment(): RecordedSentiment {
  const lines = readFileSync(SENTIMENT_CSV, 'utf8').trim().split('\n').slice(1);
  return new RecordedSentiment(
    lines.map((line) => {
      const [timeMs, value] = line.split(',').map(Number);
      return {timeMs: timeMs!, value: value!};
    }),
  );
}

afterAll(() => {
  mkdirSync(join(ROOT, 'build/parity'), {recursive: true});
  writeFileSync(REPORT, `${JSON.stringify(report, undefined, 1)}\n`);
});

describe('features against the checked-in reference', () => {
  const reference = readFeatureReference(join(FIXTURES, 'rows.json.gz'));
  const candles = candlesFromCsv(readFileSync(join(FIXTURES, 'candles.csv'), 'utf8'));

  it('has the same names in the same order', () => {
    expect(reference.names).toEqual(FEATURE_NAMES);
  });

  it('agrees in every column', () => {
    expect(breaches('checked-in', candles, reference, {sentiment: recordedSentiment()})).toEqual([]);
  });

  it('notices a single value that is off by 2e-9', () => {
    const column = FEATURE_NAMES.indexOf('sma_20');
    const spoilt = reference.values.slice();
    spoilt[5 * FEATURE_NAMES.length + column]! *= 1 + 2e-9;
    const found = breaches(
      'spoilt',
      candles,
      {...reference, values: spoilt},
      {sentiment: recordedSentiment()},
    );
    delete report['spoilt'];
    expect(found.map(({feature}) => feature)).toEqual(['sma_20']);
  });
});

const python = findPython('numpy', 'pandas', 'statsmodels', 'pandas_market_calendars');

/** One market of the run against the reference. */
interface Case {
  readonly candles: readonly Candle[];
  readonly options?: FeatureOptions;
  /** What the reference's script is told beyond candles. */
  readonly job?: Readonly<Record<string, unknown>>;
}

function fittedCase(seed: number): Case {
  const candles = ordinaryMarket(seed, 4000);
  const regime = fitRegime(returnsOf(candles.slice(0, 2800))).parameters;
  return {candles, options: {regime}, job: {regime}};
}

const REAL = ['BTCUSDT-5m.csv', 'ETHUSDT-5m.csv', 'BTCUSDT-1h.csv'];
const DEFAULT_REGIME_CASES: Readonly<Record<string, () => Case | undefined>> = {
  'the checked-in candles': () => ({
    candles: candlesFromCsv(readFileSync(join(FIXTURES, 'candles.csv'), 'utf8')),
    options: {sentiment: recordedSentiment()},
    job: {sentiment: SENTIMENT_CSV},
  }),
  ...Object.fromEntries(
    Object.entries(NASTY_MARKETS).map(([name, plan]) => [
      `a market of ${name}`,
      () => ({candles: candlesOf(plan)}),
    ]),
  ),
  ...Object.fromEntries(
    [1, 2, 3].map((seed) => [`simulated market ${seed}`, () => ({candles: ordinaryMarket(seed, 3000)})]),
  ),
  ...Object.fromEntries(
    REAL.map((name) => [
      name,
      () => {
        const candles = realCandles(name);
        return candles && {candles};
      },
    ]),
  ),
};
const FITTED_REGIME_CASES: Readonly<Record<string, () => Case>> = {
  'simulated market 4': () => fittedCase(4),
  'simulated market 5': () => fittedCase(5),
};

describe.skipIf(python === undefined)('features against the reference computed now', () => {
  let folder: string;
  const cases = new Map<string, Case & {readonly out: string}>();

  // One run of Python for all: starting it takes longer than computing.
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'dl-trade-parity-'));
    const jobs = Object.entries({...DEFAULT_REGIME_CASES, ...FITTED_REGIME_CASES}).flatMap(
      ([name, make], index) => {
        const made = make();
        if (made === undefined) return [];
        const candles = join(folder, `${index}.csv`);
        const out = join(folder, `${index}.json.gz`);
        writeFileSync(candles, candlesToCsv(made.candles));
        cases.set(name, {...made, out});
        return [{candles, out, ...made.job}];
      },
    );
    writeFileSync(join(folder, 'jobs.json'), JSON.stringify(jobs));
    runPython(python!, 'tools/reference/make_feature_reference.py', '--jobs', join(folder, 'jobs.json'));
  }, 300_000);
  afterAll(() => {
    rmSync(folder, {recursive: true});
  });

  it.for(Object.keys(DEFAULT_REGIME_CASES))('agrees on %s', (name, {skip}) => {
    const market = cases.get(name);
    if (market === undefined) return skip('no real candles here: DL_TRADE_DATA names their folder');
    const reference = readFeatureReference(market.out);
    // As many rows as the stream emits, at the same candles, and some.
    expect(reference.openTimesMs).toEqual([...computeFeatures(market.candles, market.options).openTimesMs]);
    expect(reference.openTimesMs.length).toBeGreaterThan(0);
    expect(breaches(name, market.candles, reference, market.options ?? {})).toEqual([]);
  });

  it.each(Object.keys(FITTED_REGIME_CASES))('agrees to 1e-6 with a regime fitted to %s', (name) => {
    const market = cases.get(name)!;
    const reference = readFeatureReference(market.out);
    const {values} = computeFeatures(market.candles, market.options);
    for (const feature of ['regime_prob_0', 'regime_prob_1', 'current_regime', 'is_low_volatility']) {
      const column = FEATURE_NAMES.indexOf(feature);
      let largest = 0;
      for (let i = column; i < values.length; i += FEATURE_NAMES.length) {
        largest = Math.max(largest, Math.abs(values[i]! - reference.values[i]!));
      }
      (report[`fitted to ${name}`] ??= {})[feature] = largest;
      expect(largest).toBeLessThanOrEqual(1e-6);
    }
  });
});
