import {CandleFile} from '../candles/read-candles.js';
import type {Candle} from '../domain/candle.js';
import {interruptible} from './interruption.js';

/** A whole candle file in memory, about 100 bytes a candle; `file.findings` says what was found in it.
 *  @throws FILE_UNREADABLE CANDLES_EMPTY CANDLES_INVALID CANDLES_TOO_FEW INTERRUPTED */
export async function readHistory(
  candlesFile: string,
  signal: AbortSignal | undefined,
): Promise<{file: CandleFile; history: readonly Candle[]}> {
  const file = await CandleFile.open(candlesFile, {clock: {nowMs: () => Date.now()}});
  const history: Candle[] = [];
  await interruptible(signal, async () => {
    for await (const batch of file.batches(signal)) for (const candle of batch) history.push(candle);
  });
  return {file, history};
}
