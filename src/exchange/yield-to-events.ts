import {setImmediate} from 'node:timers/promises';

/** Candles between two pauses. */
const STRIDE = 64;

/** The same values, with a pause for signals, timers and sockets every 64 of them: a consumer that never waits for anything
 *  else would shut them out. Stops at an abort, with the signal's reason. */
export async function* yieldToEvents<T>(
  values: Iterable<T> | AsyncIterable<T>,
  signal: AbortSignal | undefined,
): AsyncGenerator<T, void, undefined> {
  signal?.throwIfAborted();
  let count = 0;
  for await (const value of values) {
    yield value;
    count += 1;
    if (count % STRIDE === 0) await setImmediate();
    signal?.throwIfAborted();
  }
}
