import {CandleFile} from '../candles/read-candles.js';
import {readSentimentSource} from '../config/sentiment-source.js';
import {DlTradeError} from '../domain/errors.js';
import type {RegimeParameters} from '../domain/feature-schema.js';
import {FeatureStream} from '../features/feature-stream.js';
import {DEFAULT_REGIME} from '../features/regime-filter.js';
import {FEATURE_SCHEMA, WARM_UP_CANDLES} from '../features/schema.js';
import {createTable} from '../files/table-writer.js';
import type {InputScale} from '../model/anchored-inputs.js';
import {FeatureTableRows} from './feature-table-rows.js';
import type {TableRow} from './feature-table-rows.js';
import {interruptible} from './interruption.js';
import {missingSentiment, openSentiment} from './open-sentiment.js';
import {requireOtherFile} from './require-other-file.js';
import {requireModel} from './require-model.js';

/** Which table of features to write, and where. */
export interface FeatureExport {
  readonly candlesFile: string;
  /** `.csv`, `.csv.gz` or `.parquet`; `-` is stdout. */
  readonly out: string;
  /** Anchored as a network's inputs are, or as the schema has them, which is the default. */
  readonly inputScale?: InputScale | undefined;
  /** Adds a last column, `label`: 1 where the close is higher so many candles later, 0 where it is not, NaN where nobody knows. */
  readonly labelHorizon?: number | undefined;
  /** Whose fitted regime parameters are used; without it the documented defaults. */
  readonly model?: string | undefined;
  readonly modelsDirectory?: string | undefined;
  /** Source of `fear_greed_index`: a file, `alternative.me` or `none`; default: TRADING_SENTIMENT of `environment`, else none. */
  readonly sentiment?: string | undefined;
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told now and then how many candles are done. */
  readonly onProgress?: (candles: number) => void;
}

/** What became of an export. */
export interface FeatureExportSummary {
  readonly rows: number;
  readonly candles: number;
  /** Rows whose `fear_greed_index` was observed; on the others it is the neutral 50. */
  readonly sentimentObserved: number;
  readonly timeframe: string;
  readonly out: string;
  /** What a training on this table has to tell `import`. */
  readonly schema: {readonly id: string; readonly hash: string};
  readonly inputScale: InputScale;
  /** Null where nothing was labelled. */
  readonly labelHorizon: number | null;
  readonly regime: RegimeParameters;
  readonly warnings: readonly string[];
}

/** Writes `timestamp` and the 86 features of every warm candle of a file: streamed, so its length costs no memory, and
 *  whole or not at all.
 *  @throws FILE_UNREADABLE CANDLES_EMPTY CANDLES_INVALID CANDLES_TOO_FEW OUTPUT_FAILED CONFIG_INVALID SENTIMENT_INVALID
 *  INTERRUPTED */
export async function exportFeatures(request: FeatureExport): Promise<FeatureExportSummary> {
  await requireOtherFile(request.candlesFile, request.out);
  const source = readSentimentSource(request.sentiment, request.environment ?? {});
  const clock = {nowMs: () => Date.now()};
  const file = await CandleFile.open(request.candlesFile, {clock});
  const regime = await regimeOf(request);
  const notes: string[] = [];
  const sentiment = await openSentiment(source, {
    clock,
    signal: request.signal,
    onNote: (note) => notes.push(note),
  });
  try {
    const found = await write(request, file, new FeatureStream({regime, ...sentiment.option}));
    const warnings = [
      ...notes,
      ...missingSentiment(source, found),
      ...(file.findings?.warnings ?? []),
      ...unlabelled(request, found.rows),
    ];
    const {rows, candles, observed} = found;
    return {
      ...{rows, candles, sentimentObserved: observed},
      ...{timeframe: file.timeframe.name, out: request.out, warnings},
      schema: {id: FEATURE_SCHEMA.id, hash: FEATURE_SCHEMA.hash},
      inputScale: request.inputScale ?? 'raw',
      ...{labelHorizon: request.labelHorizon ?? null, regime},
    };
  } finally {
    sentiment.close();
  }
}

function unlabelled({labelHorizon}: FeatureExport, rows: number): string[] {
  if (labelHorizon === undefined || labelHorizon < rows) return [];
  return [
    `--label ${labelHorizon} looks further than the ${rows} rows reach: no row has a label; give more candles`,
  ];
}

async function write(
  request: FeatureExport,
  file: CandleFile,
  stream: FeatureStream,
): Promise<{rows: number; candles: number; observed: number}> {
  const {signal, onProgress} = request;
  const made = new FeatureTableRows(request);
  const table = await createTable(request.out, {columns: made.columns, digits: 17});
  let [rows, candles, observed] = [0, 0, 0];
  const put = ({openTimeMs, values}: TableRow): Promise<void> | undefined => {
    rows += 1;
    return table.write(openTimeMs, values);
  };
  try {
    await interruptible(signal, async () => {
      for await (const batch of file.batches(signal)) {
        for (const candle of batch) {
          candles += 1;
          const row = stream.push(candle);
          if (row === undefined) continue;
          if (row.sentimentObserved) observed += 1;
          for (const ready of made.push(row, candle.close)) {
            const full = put(ready);
            if (full !== undefined) await full;
          }
        }
        onProgress?.(candles);
      }
      for (const ready of made.end()) await put(ready);
    });
    if (rows === 0) throw tooFew(request.candlesFile, candles);
    await table.commit();
  } catch (error) {
    await table.abort();
    throw error;
  }
  return {rows, candles, observed};
}

async function regimeOf({model: name, modelsDirectory}: FeatureExport): Promise<RegimeParameters> {
  if (name === undefined) return DEFAULT_REGIME;
  const model = await requireModel(name, modelsDirectory);
  model.network.dispose();
  return model.manifest.regime;
}

function tooFew(candlesFile: string, candles: number): DlTradeError {
  return new DlTradeError(
    'CANDLES_TOO_FEW',
    `"${candlesFile}" holds "${candles}" candles, want at least ${WARM_UP_CANDLES + 1}: the first ones only warm the features up`,
    {details: {candles, wanted: WARM_UP_CANDLES + 1}},
  );
}
