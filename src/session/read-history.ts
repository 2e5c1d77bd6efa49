import {CandleFile} from '../candles/read-candles.js';
import type {Candle} from '../domain/candle.js';
import {interruptible} from './interruption.js';

/** Reads a whole candle file.
 *  @returns the file, with what was found in it, and its candles in time order
 *  @throws INTERRUPTED at an abort, and what reading candles throws */
export async function readHistory(
  path: string,
  signal: AbortSignal | undefined,
): Promise<{file: CandleFile; history: readonly Candle[]}> {
  const file = await CandleFile.open(path, {clock: {nowMs: () => Date.now()}});
  const history: Candle[] = [];
  await interruptible(signal, async () => {
    for await (const batch of file.batches(signal)) for (const candle of batch) history.push(candle);
  });
  return {file, history};
}
