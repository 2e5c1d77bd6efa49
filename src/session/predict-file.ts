import type {CandleFile} from '../candles/read-candles.js';
import {readSentimentSource} from '../config/sentiment-source.js';
import type {SentimentSource} from '../config/sentiment-source.js';
import {readThreshold} from '../config/trading-config.js';
import type {Candle} from '../domain/candle.js';
import {DlTradeError} from '../domain/errors.js';
import type {Forecast, Prediction} from '../domain/forecast.js';
import {toPrediction} from '../decision/signal.js';
import {computeFeatures} from '../features/compute-features.js';
import {FeatureStream} from '../features/feature-stream.js';
import {requiredHistory} from '../features/schema.js';
import {createTable} from '../files/table-writer.js';
import type {Model} from '../model/model-persistence.js';
import {Predictor} from '../model/predictor.js';
import {predictHistory} from '../model/predict-history.js';
import {requireGoingOn} from './interruption.js';
import {missingSentiment, openSentiment, unusedSentiment} from './open-sentiment.js';
import type {OpenSentiment} from './open-sentiment.js';
import {readHistory} from './read-history.js';
import {requireOtherFile} from './require-other-file.js';
import {requireModel} from './require-model.js';
import {symbolInName} from './symbol-in-name.js';
import {trainedElsewhere} from './trained-elsewhere.js';

/** Which model is asked about which candles. */
export interface PredictRequest {
  /** A name under `modelsDirectory`, or a path. */
  readonly model: string;
  readonly modelsDirectory?: string | undefined;
  readonly candlesFile: string;
  /** Source of `fear_greed_index`: a file, `alternative.me` or `none`; default: TRADING_SENTIMENT of `environment`, else none. */
  readonly sentiment?: string | undefined;
  /** In [0.5, 1); default: TRADING_DECISION_THRESHOLD of `environment`, else the manifest's. */
  readonly threshold?: string | undefined;
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told now and then how many candles are done. */
  readonly onProgress?: ((candles: number) => void) | undefined;
}

/** The prediction for the last closed candle of a file. */
export interface LastPrediction {
  readonly prediction: Prediction;
  /** The candle that it was made on: the last closed one of the file. */
  readonly candle: Candle;
  readonly warnings: readonly string[];
}

/** The prediction for the last closed candle of a file: the same stages in the same order as a run.
 *  @throws CANDLES_TOO_FEW where the history behind the last candle is shorter than warm-up and sequence, and what reading
 *  candles and loading models throws */
export async function predictLast(request: PredictRequest): Promise<LastPrediction> {
  const {model, threshold, sentiment, ...opened} = await open(request);
  try {
    const {file, history} = await readHistory(request.candlesFile, request.signal);
    const stream = new FeatureStream({regime: model.manifest.regime, ...sentiment.option});
    const predictor = new Predictor(model, () => performance.now());
    const last = history.length - 1;
    let row;
    for (const [index, candle] of history.entries()) {
      row = stream.push(candle);
      // No older row is in the window of the last one.
      const isInWindow = index > last - model.manifest.sequenceLength && index < last;
      if (row !== undefined && isInWindow) predictor.observe(row);
    }
    const forecast: Forecast | undefined = row === undefined ? undefined : predictor.predict(row);
    const candle = history.at(-1);
    if (forecast === undefined || candle === undefined) throw tooFew(request, model, history.length);
    const missing = missingSentiment(opened.source, {
      rows: 1,
      observed: row?.sentimentObserved === true ? 1 : 0,
    });
    const warnings = [...opened.notes, ...missing, ...warningsOf(file, model)];
    return {prediction: toPrediction(forecast, threshold), candle, warnings};
  } finally {
    sentiment.close();
    model.network.dispose();
  }
}

/** What became of a whole history's forecasts. */
export interface PredictionTable {
  readonly rows: number;
  readonly candles: number;
  readonly out: string;
  readonly warnings: readonly string[];
}

/** Writes `timestamp` and `probability` of every candle that has a whole sequence behind it, whole or not at all.
 *  @throws CANDLES_TOO_FEW OUTPUT_FAILED INTERRUPTED, and what reading candles and loading models throws */
export async function predictAll(request: PredictRequest & {readonly out: string}): Promise<PredictionTable> {
  await requireOtherFile(request.candlesFile, request.out);
  const {model, sentiment, ...opened} = await open(request);
  try {
    const {file, history} = await readHistory(request.candlesFile, request.signal);
    const matrix = computeFeatures(history, {regime: model.manifest.regime, ...sentiment.option});
    const table = await createTable(request.out, {columns: ['probability'], digits: 17});
    let rows = 0;
    try {
      for await (const {openTimesMs, probabilities} of predictHistory(model, matrix)) {
        requireGoingOn(request.signal);
        for (let i = 0; i < openTimesMs.length; i++) {
          await table.write(openTimesMs[i]!, probabilities.subarray(i, i + 1));
        }
        rows += openTimesMs.length;
        request.onProgress?.(rows);
      }
      if (rows === 0) throw tooFew(request, model, history.length);
      await table.commit();
    } catch (error) {
      await table.abort();
      throw error;
    }
    const observed = matrix.sentimentObserved.reduce((sum, one) => sum + one, 0);
    const missing = missingSentiment(opened.source, {rows: matrix.sentimentObserved.length, observed});
    const warnings = [...opened.notes, ...missing, ...warningsOf(file, model)];
    return {rows, candles: history.length, out: request.out, warnings};
  } finally {
    sentiment.close();
    model.network.dispose();
  }
}

interface Opened {
  readonly model: Model;
  readonly threshold: number;
  readonly source: SentimentSource;
  readonly sentiment: OpenSentiment;
  /** Warnings so far, and those that the source of sentiment still has. */
  readonly notes: readonly string[];
}

async function open(request: PredictRequest): Promise<Opened> {
  const environment = request.environment ?? {};
  const threshold = readThreshold(request.threshold, environment);
  const source = readSentimentSource(request.sentiment, environment);
  const model = await requireModel(request.model, request.modelsDirectory);
  try {
    const notes = unusedSentiment(source, model);
    const sentiment = await openSentiment(source, {
      clock: {nowMs: () => Date.now()},
      signal: request.signal,
      onNote: (note) => notes.push(note),
    });
    return {model, threshold: threshold ?? model.manifest.decisionThreshold, source, sentiment, notes};
  } catch (error) {
    model.network.dispose();
    throw error;
  }
}

function tooFew({candlesFile}: PredictRequest, {manifest}: Model, candles: number): DlTradeError {
  const wanted = requiredHistory(manifest.sequenceLength);
  return new DlTradeError(
    'CANDLES_TOO_FEW',
    candles < wanted
      ? `"${candlesFile}" holds "${candles}" candles, want at least ${wanted} to warm up and fill a sequence`
      : `"${candlesFile}" has a gap too close to its end: no whole sequence lies behind it`,
    {details: {candles, wanted}},
  );
}

function warningsOf(file: CandleFile, model: Model): string[] {
  const symbol = symbolInName(file.path) ?? model.manifest.trainedOn.symbol;
  return [
    ...(file.findings?.warnings ?? []),
    ...trainedElsewhere(model, {symbol, timeframe: file.timeframe.name}),
  ];
}
