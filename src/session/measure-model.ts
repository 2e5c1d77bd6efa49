import {tradeForecasts} from '../backtest/trade-forecasts.js';
import type {TradedForecasts} from '../backtest/trade-forecasts.js';
import type {Candle} from '../domain/candle.js';
import {DlTradeError} from '../domain/errors.js';
import type {Timeframe} from '../domain/timeframe.js';
import {marketRulesFor} from '../exchange/market-rules.js';
import {computeFeatures} from '../features/compute-features.js';
import type {FeatureTable} from '../features/compute-features.js';
import type {FeatureOptions} from '../features/feature-stream.js';
import {FEATURE_COUNT, FEATURE_NAMES} from '../features/schema.js';
import type {Model} from '../model/model-persistence.js';
import {forecastHistory} from '../model/predict-history.js';
import type {ForecastBatch} from '../model/predict-history.js';
import {assess} from '../training/assess.js';
import type {Assessment} from '../training/assess.js';
import type {Outcomes} from '../training/metrics/classification-metrics.js';
import {labelRows, sampleRows} from '../training/samples.js';
import {measureLatency} from './measure-latency.js';
import type {Latency} from './measure-latency.js';

/** One model on the candles of a comparison. */
export interface ComparedModel {
  readonly model: string;
  readonly weightsSha256: string;
  readonly horizon: number;
  readonly threshold: number;
  readonly assessment: Assessment;
  /** Of the model's own decisions, after costs. */
  readonly traded: Omit<TradedForecasts, 'equity'>;
  readonly latency: Latency;
}

/** A model's numbers, and the samples that they are of. */
export interface Measured {
  readonly compared: ComparedModel;
  readonly outcomes: Outcomes;
  /** Of the samples, ms. */
  readonly times: Float64Array;
}

/** What all models of a comparison are measured on. */
export interface ComparisonGround {
  /** Cost of a fill in basis points. */
  readonly feeBps: number;
  readonly slippageBps: number;
  readonly history: readonly Candle[];
  readonly timeframe: Timeframe;
  /** Open time of the first candle that counts. */
  readonly fromMs: number;
  /** Sentiment, where there is a source of it. */
  readonly observed: Pick<FeatureOptions, 'sentiment'>;
  readonly onProgress?: ((model: string, forecasts: {done: number; total: number}) => void) | undefined;
}

/** Forecasts the held-out part with a model's own regime, scores it and trades it.
 *  @throws CANDLES_TOO_FEW NATIVE_FAILED */
export async function measureModel(model: Model, ground: ComparisonGround): Promise<Measured> {
  const {manifest} = model;
  const {history, timeframe, fromMs, feeBps, slippageBps} = ground;
  const features = computeFeatures(history, {regime: manifest.regime, ...ground.observed});
  const total = features.openTimesMs.reduce((rows, time) => (time < fromMs ? rows : rows + 1), 0);
  const forecasts = await forecastHistory(model, features, {
    fromMs,
    onProgress: (done) => ground.onProgress?.(model.name, {done, total}),
  });
  const {outcomes, times} = labelled(forecasts, features, {...manifest, fromMs});
  if (times.length === 0) throw noSample(model, fromMs);
  const candles = history.filter(({openTimeMs}) => openTimeMs >= fromMs);
  const traded = await tradeForecasts(model, candles, forecasts, {
    ...{rules: marketRulesFor(manifest.trainedOn.symbol, candles[0]!.close), timeframe, feeBps, slippageBps},
  });
  return {
    ...{outcomes, times},
    compared: {
      model: model.name,
      weightsSha256: manifest.weightsSha256,
      horizon: manifest.horizon,
      threshold: manifest.decisionThreshold,
      assessment: assess(outcomes, {part: 'test', horizon: manifest.horizon, baselines: {}}),
      ...{traded: withoutCurve(traded), latency: measureLatency(model)},
    },
  };
}

/** The forecasts from a time on whose label is known: both networks have the same ones where horizon and window agree. */
function labelled(
  forecasts: ForecastBatch,
  features: FeatureTable,
  rule: {sequenceLength: number; horizon: number; fromMs: number},
): {outcomes: Outcomes; times: Float64Array} {
  const close = FEATURE_NAMES.indexOf('close');
  const labels = labelRows(features, {columns: FEATURE_COUNT, close, horizon: rule.horizon});
  const rows = sampleRows(features, rule).filter((row) => features.openTimesMs[row]! >= rule.fromMs);
  const times = Float64Array.from(rows, (row) => features.openTimesMs[row]!);
  let at = 0;
  const probabilities = times.map((time) => {
    while (forecasts.openTimesMs[at]! < time) at += 1;
    return forecasts.probabilities[at]!;
  });
  return {outcomes: {probabilities, labels: Uint8Array.from(rows, (row) => labels[row]!)}, times};
}

function noSample({name}: Model, fromMs: number): DlTradeError {
  return new DlTradeError(
    'CANDLES_TOO_FEW',
    `no forecast of ${name} from ${new Date(fromMs).toISOString()} on has a known outcome; give candles that reach further, or another --from`,
    {details: {model: name, fromMs}},
  );
}

/** A curve of a value a candle is no part of a table. */
function withoutCurve({
  performance,
  buyAndHold,
  fills,
  trades,
  feesPaidQuote,
}: TradedForecasts): ComparedModel['traded'] {
  return {performance, buyAndHold, fills, trades, feesPaidQuote};
}
