import {DlTradeError} from '../domain/errors.js';

/** @throws INTERRUPTED once a signal has asked the command to stop */
export function requireGoingOn(signal: AbortSignal | undefined): void {
  if (signal?.aborted !== true) return;
  throw new DlTradeError(
    'INTERRUPTED',
    'stopped by a signal before the result was whole; nothing was written',
  );
}
