import type {Candle} from '../domain/candle.js';
import {DlTradeError} from '../domain/errors.js';
import type {Timeframe} from '../domain/timeframe.js';
import {readCandleColumns} from './candle-columns.js';
import {CANDLE_COLUMNS} from './parse-candle.js';
import {CandleFile} from './read-candles.js';
import type {CandleGap} from './sequence-candles.js';

/** What a file of candles holds, for going on with it. */
export interface CandleSurvey {
  readonly first: Candle;
  readonly last: Candle;
  readonly candles: number;
  readonly gaps: readonly CandleGap[];
}

/** Reads a whole candle file that is to be gone on with: every rule is checked, nothing is filled in.
 *  @returns undefined for a file without candles
 *  @throws OUTPUT_MISMATCH for candles of another timeframe, and for columns that would be lost; FILE_UNREADABLE CANDLES_INVALID */
export async function surveyCandles(
  path: string,
  timeframe: Timeframe,
  signal?: AbortSignal,
): Promise<CandleSurvey | undefined> {
  const file = await openUnlessEmpty(path, timeframe);
  if (file === undefined) return undefined;
  const columns = await readCandleColumns(path);
  if (columns.map((name) => name.trim().toLowerCase()).join() !== CANDLE_COLUMNS.join()) {
    throw mismatch(path, `has the columns ${columns.join(',')}, want ${CANDLE_COLUMNS.join(',')} alone`);
  }
  if (file.timeframe.ms !== timeframe.ms) {
    throw mismatch(path, `holds ${file.timeframe.name} candles, where ${timeframe.name} was asked for`);
  }
  let [first, last]: (Candle | undefined)[] = [];
  for await (const batch of file.batches(signal)) {
    first ??= batch[0];
    last = batch.at(-1);
  }
  const {candles, gaps} = file.findings!;
  return {first: first!, last: last!, candles, gaps};
}

async function openUnlessEmpty(path: string, timeframe: Timeframe): Promise<CandleFile | undefined> {
  try {
    // Whether the last row has closed is for the exchange to say.
    return await CandleFile.open(path, {timeframe, maxFilledGap: 0, clock: {nowMs: () => Infinity}});
  } catch (error) {
    if (error instanceof DlTradeError && error.code === 'CANDLES_EMPTY') return undefined;
    throw error;
  }
}

function mismatch(path: string, what: string): DlTradeError {
  return new DlTradeError('OUTPUT_MISMATCH', `"${path}" ${what}; name another --out, or remove the file`, {
    details: {path},
  });
}
