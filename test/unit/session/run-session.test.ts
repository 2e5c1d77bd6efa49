import {existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {loadTradingConfig} from '../../../src/config/trading-config.js';
import type {TradingFlags} from '../../../src/config/trading-config.js';
import type {StepRecord} from '../../../src/engine/step-record.js';
import {simulateCandles} from '../../../src/exchange/simulate-candles.js';
import {exportFeatures} from '../../../src/session/export-features.js';
import {predictAll, predictLast} from '../../../src/session/predict-file.js';
import {resumeRuns} from '../../../src/session/halt-runs.js';
import {statusOf} from '../../../src/session/run-status.js';
import {runSession} from '../../../src/session/run-session.js';
import type {RunHeader, RunResult} from '../../../src/session/run.js';
import {candlesToCsv} from '../../support/candle-csv.js';
import {rejected} from '../../support/caught.js';
import {ROOT} from '../../support/cli.js';
import {journalLines} from '../../support/journal-lines.js';
import {loopbackServer} from '../../support/loopback-server.js';
import {addonIsBuilt} from '../../support/native.js';
import {temporaryDirectory} from '../../support/temporary-directory.js';

const MODELS = join(ROOT, 'models');
const HOUR = {name: '1h', ms: 3_600_000};
const WARM_UP = 649;

function candleFile(directory: string, decisions: number, gapAfter = Infinity): string {
  const path = join(directory, 'candles.csv');
  const candles = [
    ...simulateCandles({symbol: 'BTC/USDT', timeframe: HOUR, seed: 5, candles: WARM_UP + decisions}),
  ];
  writeFileSync(path, candlesToCsv(candles.filter((_, i) => i !== gapAfter)));
  return path;
}

interface Told {
  readonly result: RunResult;
  readonly headers: RunHeader[];
  readonly records: StepRecord[];
  readonly notes: string[];
}

async function run(
  flags: TradingFlags,
  signal = new AbortController().signal,
  onRecord?: (count: number) => void,
  environment: Readonly<Record<string, string>> = {},
): Promise<Told> {
  const told = {headers: [] as RunHeader[], records: [] as StepRecord[], notes: [] as string[]};
  const result = await runSession(loadTradingConfig({modelsDir: MODELS, ...flags}, environment), {
    signal,
    onBegin: (header) => told.headers.push(header),
    onRecord(record) {
      told.records.push(record);
      onRecord?.(told.records.length);
    },
    onNote: (note) => told.notes.push(note),
  });
  return {result, ...told};
}

describe.skipIf(!addonIsBuilt)('runSession', () => {
  it('replays a file to its end and says what it found', async () => {
    const directory = temporaryDirectory();
    const state = join(directory, 'state');
    const {result, headers, records, notes} = await run({
      candles: candleFile(directory, 30, 400),
      stateDir: state,
    });
    expect(result).toMatchObject({
      finished: true,
      resumes: false,
      simulated: false,
      timeframe: '1h',
      summary: {decisions: 30},
    });
    expect(headers).toHaveLength(1);
    expect(headers[0]).toMatchObject({label: 'replay of candles.csv', stateDirectory: state});
    expect(records.filter(({kind}) => kind === 'decided')).toHaveLength(30);
    expect(notes.join('\n')).toMatch(/1 missing candle filled in flat/);
    expect(journalLines(state).at(0)).toMatch(/^session null .*"weights":"[0-9a-f]{64}"/);
    expect(journalLines(state).at(-1)).toBe('end null {}');
  });

  it('goes on after an abort to the same journal as never having stopped', async () => {
    const directory = temporaryDirectory();
    const candles = candleFile(directory, 60);
    await run({candles, threshold: '0.5', stateDir: join(directory, 'whole')});
    const parts = {candles, threshold: '0.5', stateDir: join(directory, 'parts')};
    for (const stopAt of [700, 20]) {
      const controller = new AbortController();
      const {result} = await run(parts, controller.signal, (count) => {
        if (count === stopAt) controller.abort();
      });
      expect(result.finished).toBe(false);
    }
    const {result} = await run(parts);
    expect(result).toMatchObject({finished: true, resumes: true});
    expect(journalLines(join(directory, 'parts'))).toEqual(journalLines(join(directory, 'whole')));
  });

  it('says which order is open where it is stopped behind one', async () => {
    const directory = temporaryDirectory();
    const controller = new AbortController();
    const flags = {candles: candleFile(directory, 60), threshold: '0.5', stateDir: join(directory, 'state')};
    const result = await runSession(loadTradingConfig({modelsDir: MODELS, ...flags}, {}), {
      signal: controller.signal,
      onBegin: () => undefined,
      onRecord(record) {
        if (record.kind === 'decided' && record.verdict.kind === 'approved') controller.abort();
      },
      onNote: () => undefined,
    });
    expect(result).toMatchObject({finished: false, openOrders: [{side: 'buy'}], summary: {openBase: '0'}});
    expect(Object.keys(result.openOrders[0]!)).toEqual(['clientOrderId', 'side', 'quantityBase']);
    const {result: next} = await run(flags);
    expect(next.summary.fills).toBeGreaterThan(0);
  });

  it('stops an endless simulation at its limit, paced or not', async () => {
    const directory = temporaryDirectory();
    const {result} = await run({maxCandles: '3', speed: '3600000', stateDir: join(directory, 'state')});
    expect(result).toMatchObject({
      finished: true,
      simulated: true,
      summary: {decisions: 3, warmUpCandles: WARM_UP},
    });
  });

  it('warns where the file has another timeframe than the model', async () => {
    const directory = temporaryDirectory();
    const path = join(directory, 'five-minutes.csv');
    const timeframe = {name: '5m', ms: 300_000};
    writeFileSync(
      path,
      candlesToCsv([...simulateCandles({symbol: 'BTC/USDT', timeframe, seed: 1, candles: 20})]),
    );
    const {result, notes} = await run({candles: path, stateDir: join(directory, 'state')});
    expect(notes[0]).toMatch(/holds 5m candles where 1h ones are wanted/);
    expect(result.summary).toMatchObject({decisions: 0, warmUpCandles: 20});
  });

  it.each(['ETHUSDT-1h.csv', 'ETHUSDT_1h.csv'])(
    'takes the candles for the symbol that the name of the file says, and says so where the model was trained on another: %s',
    async (name) => {
      const directory = temporaryDirectory();
      const path = join(directory, name);
      writeFileSync(
        path,
        candlesToCsv([...simulateCandles({symbol: 'ETH/USDT', timeframe: HOUR, seed: 1, candles: 20})]),
      );
      const {notes} = await run({candles: path, stateDir: join(directory, 'assumed')});
      expect(journalLines(join(directory, 'assumed')).join('\n')).toContain('"symbol":"ETH/USDT"');
      const elsewhere: unknown = expect.stringMatching(
        /was trained on BTC\/USDT 1h, these candles are ETH\/USDT 1h/,
      );
      expect(notes).toEqual([
        expect.stringMatching(/"ETHUSDT[-_]1h\.csv" is taken for ETH\/USDT by its name; say --symbol/),
        elsewhere,
      ]);
      const history = simulateCandles({symbol: 'ETH/USDT', timeframe: HOUR, seed: 1, candles: WARM_UP + 1});
      writeFileSync(join(directory, `long-${name}`), candlesToCsv([...history]));
      const asked = {model: 'lstm', modelsDirectory: MODELS, candlesFile: join(directory, `long-${name}`)};
      expect((await predictLast(asked)).warnings).toEqual([elsewhere]);
      const said = await run({candles: path, symbol: 'ETH/USDT', stateDir: join(directory, 'said')});
      expect(said.notes).toEqual([elsewhere]);
    },
  );

  it('is shown as halted once it has ended so, until it is resumed', async () => {
    const directory = temporaryDirectory();
    const state = join(directory, 'state');
    mkdirSync(state);
    writeFileSync(join(state, 'halt.json'), '');
    const {result} = await run({candles: candleFile(directory, 3), stateDir: state});
    expect(result.halted).toBe(true);
    expect(statusOf(state)).toMatchObject({state: 'finished', halted: {flatten: false}});
    await resumeRuns({stateDirectory: state});
    expect(statusOf(state)).toMatchObject({state: 'finished', halted: null, haltOrdered: null});
  });

  it('says so where the simulated market is another than the one that the model was trained on', async () => {
    const stateDir = join(temporaryDirectory(), 'state');
    const {notes} = await run({timeframe: '5m', symbol: 'ETH/USDT', maxCandles: '1', speed: 'max', stateDir});
    expect(notes).toEqual([
      'lstm was trained on BTC/USDT 1h, these candles are ETH/USDT 5m: what was measured of it does not hold for them',
    ]);
  });

  it('goes on after an abort with the sentiment that the journal holds', async () => {
    const directory = temporaryDirectory();
    const stateDir = join(directory, 'state');
    const server = await loopbackServer('no answer');
    const environment = {ALTERNATIVE_ME_BASE_URL: server.baseUrl, XDG_CACHE_HOME: join(directory, 'cache')};
    const flags = {candles: candleFile(directory, 20), sentiment: 'alternative.me', stateDir};
    const controller = new AbortController();
    const {notes} = await run(
      flags,
      controller.signal,
      (count) => {
        if (count === WARM_UP + 5) controller.abort();
      },
      environment,
    );
    expect(notes).toContain('lstm was trained without sentiment: --sentiment changes none of its forecasts');
    expect(notes.join()).toMatch(/gave no JSON.*neutral 50/);
    server.answer = (_, response) => response.end('{"data": [{"value": "9", "timestamp": "1"}]}');
    expect((await run(flags, undefined, undefined, environment)).result.resumes).toBe(true);
    const said = journalLines(stateDir).flatMap(
      (line) => /^step .*"sentiment":(null|\d+)/.exec(line)?.[1] ?? [],
    );
    expect(said).toEqual([...Array<string>(5).fill('null'), ...Array<string>(15).fill('9')]);
  });

  it('is another run with another source of sentiment', async () => {
    const directory = temporaryDirectory();
    const flags = {candles: candleFile(directory, 3), stateDir: join(directory, 'state')};
    const file = join(directory, 'fng.csv');
    writeFileSync(file, 'timestamp,value\n1,30\n');
    const controller = new AbortController();
    await run({...flags, sentiment: file}, controller.signal, (count) => {
      if (count === WARM_UP + 1) controller.abort();
    });
    expect((await rejected(run(flags))).code).toBe('STATE_MISMATCH');
    writeFileSync(file, 'timestamp,value\n1,31\n');
    expect((await rejected(run({...flags, sentiment: file}))).code).toBe('STATE_MISMATCH');
  });

  it('is another run under other settings, where a file is replayed', async () => {
    const directory = temporaryDirectory();
    const flags = {candles: candleFile(directory, 3), stateDir: join(directory, 'state')};
    const controller = new AbortController();
    await run({...flags, stopLoss: '5'}, controller.signal, (count) => {
      if (count === WARM_UP + 1) controller.abort();
    });
    const error = await rejected(run({...flags, stopLoss: '3'}));
    expect(error.code).toBe('STATE_MISMATCH');
    expect(error.message).toContain('exits.stopLoss was "0.05" there, now it is "0.03"');
  });

  it('refuses what it cannot run, before anything is written', async () => {
    const directory = temporaryDirectory();
    const stateDir = join(directory, 'state');
    const cases: [TradingFlags, string][] = [
      [{model: 'gru'}, 'MODEL_UNKNOWN'],
      [{model: './gru'}, 'MODEL_NOT_FOUND'],
      [{candles: join(directory, 'nowhere.csv')}, 'FILE_UNREADABLE'],
      [{symbol: 'DOGE/USDT'}, 'SYMBOL_UNKNOWN'],
      [{timeframe: '5x'}, 'CONFIG_INVALID'],
      [{sentiment: join(directory, 'nowhere.csv')}, 'FILE_UNREADABLE'],
    ];
    for (const [flags, code] of cases) expect((await rejected(run({...flags, stateDir}))).code).toBe(code);
    expect(existsSync(stateDir)).toBe(false);
  });
});

describe.skipIf(!addonIsBuilt)('predictions of a file', () => {
  it('are the ones that a run journals, for the last candle and for all', async () => {
    const directory = temporaryDirectory();
    const candlesFile = candleFile(directory, 25);
    const request = {model: 'lstm', modelsDirectory: MODELS, candlesFile};
    const {records} = await run({candles: candlesFile, stateDir: join(directory, 'state')});
    const ran = records.flatMap((record) => (record.kind === 'decided' ? [record.forecast!] : []));

    const last = await predictLast(request);
    expect(last.candle.openTimeMs).toBe(ran.at(-1)!.openTimeMs);
    expect(last.prediction.probability).toBe(ran.at(-1)!.probability);
    expect(last.prediction).toMatchObject({
      model: 'lstm',
      confidence: Math.max(last.prediction.probability, 1 - last.prediction.probability),
    });

    const out = join(directory, 'all.csv');
    const summary = await predictAll({...request, out});
    expect(summary).toMatchObject({rows: 25, candles: WARM_UP + 25, out});
    const rows = readFileSync(out, 'utf8')
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.split(',').map(Number));
    expect(rows.map(([time]) => time)).toEqual(ran.map(({openTimeMs}) => openTimeMs));
    rows.forEach(([, probability], i) => {
      expect(Math.abs(probability! - ran[i]!.probability)).toBeLessThan(1e-6);
    });
  });

  it('take sentiment from a file, and say where it made no difference or was missing', async () => {
    const directory = temporaryDirectory();
    const candlesFile = candleFile(directory, 4);
    const sentiment = join(directory, 'fng.csv');
    // From the last candle on.
    const lastMs = Number(readFileSync(candlesFile, 'utf8').trim().split('\n').at(-1)!.split(',')[0]);
    writeFileSync(sentiment, `timestamp,value\n${lastMs},30\n`);
    const request = {model: 'lstm', modelsDirectory: MODELS, candlesFile, sentiment};
    const unused = 'lstm was trained without sentiment: --sentiment changes none of its forecasts';
    const last = await predictLast(request);
    expect(last.warnings).toEqual([unused]);
    expect(last.prediction.probability).toBe(
      (await predictLast({...request, sentiment: 'none'})).prediction.probability,
    );
    expect((await predictAll({...request, out: join(directory, 'all.csv')})).warnings).toEqual([
      unused,
      'fear_greed_index is the neutral 50 on 52 of 53 rows, for which the sentiment source has no value',
    ]);
    writeFileSync(sentiment, `timestamp,value\n${lastMs},300\n`);
    expect((await rejected(predictLast(request))).code).toBe('SENTIMENT_INVALID');
  });

  it('are refused for a history that is too short, with what is wanted', async () => {
    const directory = temporaryDirectory();
    const request = {model: 'lstm', modelsDirectory: MODELS, candlesFile: candleFile(directory, 0)};
    expect((await rejected(predictLast(request))).message).toMatch(/holds "649" candles, want at least 650/);
    expect((await rejected(predictAll({...request, out: join(directory, 'out.csv')}))).code).toBe(
      'CANDLES_TOO_FEW',
    );
  });

  it('stop at an abort and leave nothing', async () => {
    const directory = temporaryDirectory();
    const request = {model: 'lstm', modelsDirectory: MODELS, candlesFile: candleFile(directory, 5)};
    const signal = AbortSignal.abort();
    const out = join(directory, 'out.csv');
    expect((await rejected(predictAll({...request, out, signal}))).code).toBe('INTERRUPTED');
    expect((await rejected(exportFeatures({...request, out, signal}))).code).toBe('INTERRUPTED');
    expect(readdirSync(directory)).toEqual(['candles.csv']);
  });
});

describe('exportFeatures', () => {
  it('writes a row of 86 features a warm candle, with 17 significant digits', async () => {
    const directory = temporaryDirectory();
    const out = join(directory, 'features.csv');
    const summary = await exportFeatures({candlesFile: candleFile(directory, 0), out});
    expect(summary).toMatchObject({rows: 49, candles: 649, timeframe: '1h', out, warnings: []});
    const [header, first] = readFileSync(out, 'utf8')
      .split('\n')
      .map((line) => line.split(','));
    expect(header).toHaveLength(87);
    expect(header!.slice(0, 2)).toEqual(['timestamp', 'open']);
    const sma = first![header!.indexOf('price_to_sma_50')]!;
    expect(Number(Number(sma).toPrecision(17))).toBe(Number(sma));
    expect(sma.replace(/\D/g, '').replace(/^0+/, '').length).toBeGreaterThanOrEqual(17);

    const labelled = {candlesFile: candleFile(directory, 0), out, labelHorizon: summary.rows};
    expect((await exportFeatures(labelled)).warnings).toEqual([
      `--label ${summary.rows} looks further than the ${summary.rows} rows reach: no row has a label; give more candles`,
    ]);
    expect((await exportFeatures({...labelled, labelHorizon: summary.rows - 1})).warnings).toEqual([]);
  });

  it('fills fear_greed_index from a file or an endpoint and says on how many rows', async () => {
    const directory = temporaryDirectory();
    const candlesFile = candleFile(directory, 0);
    const out = join(directory, 'features.csv');
    const server = await loopbackServer('{"data": [{"value": "9", "timestamp": "1"}]}');
    const environment = {ALTERNATIVE_ME_BASE_URL: server.baseUrl, XDG_CACHE_HOME: join(directory, 'cache')};
    const columnOf = (): string[] => {
      const rows = readFileSync(out, 'utf8').trim().split('\n');
      const at = rows[0]!.split(',').indexOf('fear_greed_index');
      return rows.slice(1).map((row) => row.split(',')[at]!);
    };
    const summary = await exportFeatures({candlesFile, out, environment, sentiment: 'alternative.me'});
    expect(summary).toMatchObject({rows: 49, sentimentObserved: 49, warnings: []});
    expect(new Set(columnOf())).toEqual(new Set(['9']));

    const file = join(directory, 'fng.csv');
    writeFileSync(file, 'timestamp,value\n2100-01-01,30\n');
    const late = await exportFeatures({candlesFile, out, environment: {TRADING_SENTIMENT: file}});
    expect(late).toMatchObject({
      sentimentObserved: 0,
      warnings: [
        'fear_greed_index is the neutral 50 on 49 of 49 rows, for which the sentiment source has no value',
      ],
    });
    expect(new Set(columnOf())).toEqual(new Set(['50']));
  });

  it('refuses a history that never warms up', async () => {
    const directory = temporaryDirectory();
    const candlesFile = join(directory, 'short.csv');
    const candles = [...simulateCandles({symbol: 'BTC/USDT', timeframe: HOUR, seed: 5, candles: 600})];
    writeFileSync(candlesFile, candlesToCsv(candles));
    const error = await rejected(exportFeatures({candlesFile, out: join(directory, 'out.csv')}));
    expect(error.message).toMatch(/holds "600" candles, want at least 601/);
  });
});
