import {DlTradeError} from '../domain/errors.js';

/** @throws INTERRUPTED once a signal has asked the command to stop */
export function requireGoingOn(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw interrupted(signal.reason);
}

/** Runs work whose streams stop at an abort with the signal's reason, and gives that its name.
 *  @throws INTERRUPTED for an abort, and whatever else the work throws */
export async function interruptible<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (signal?.aborted === true && error === signal.reason) throw interrupted(error);
    throw error;
  }
}

function interrupted(cause: unknown): DlTradeError {
  return new DlTradeError(
    'INTERRUPTED',
    'stopped by a signal before the result was whole; nothing was written',
    {cause},
  );
}
