import {setTimeout as sleep} from 'node:timers/promises';
import {ExchangeError} from '../domain/exchange-error.js';

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;
/** Where the exchange wants fewer requests and does not say for how long. */
const FIRST_WAIT_OF_LIMIT_MS = 10_000;
/** A longer wait is the user's to take. */
const LONGEST_BAN_MS = 120_000;
/** An answer that makes no sense seldom makes more of it later. */
const ATTEMPTS_AT_NONSENSE = 3;

export interface RetryOptions {
  /** Tries in all, at least 1. */
  readonly attempts: number;
  readonly signal?: AbortSignal | undefined;
  /** Told before each wait. */
  readonly onRetry?: ((error: ExchangeError, waitMs: number) => void) | undefined;
  /** Waits; a test has time of its own. Rejects at an abort. */
  readonly wait?: (ms: number, signal: AbortSignal | undefined) => Promise<void>;
}

/** Asks again where asking again may help: waits 0.5 s, then twice as long each time, or as long as the exchange says. For reads
 *  alone: an order that was asked for twice may be carried out twice.
 *  @throws what the last attempt threw; the reason of an abort */
export async function retryReads<T>(read: () => Promise<T>, options: RetryOptions): Promise<T> {
  const {attempts, signal, onRetry, wait = realWait} = options;
  for (let attempt = 1; ; attempt++) {
    try {
      return await read();
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof ExchangeError) || attempt >= attemptsFor(error, attempts)) throw error;
      const waitMs = waitFor(error, attempt);
      if (!(waitMs <= LONGEST_BAN_MS)) throw error;
      onRetry?.(error, waitMs);
      try {
        await wait(waitMs, signal);
      } catch (reason) {
        signal?.throwIfAborted();
        throw reason;
      }
    }
  }
}

function attemptsFor(error: ExchangeError, attempts: number): number {
  if (error.code === 'EXCHANGE_FAILED' && error.outcome !== 'unknown') return 1;
  return error.code === 'EXCHANGE_ANSWER_INVALID' ? Math.min(attempts, ATTEMPTS_AT_NONSENSE) : attempts;
}

function waitFor(error: ExchangeError, attempt: number): number {
  if (error.retryAfterMs !== undefined) return error.retryAfterMs;
  if (error.code !== 'EXCHANGE_RATE_LIMITED')
    return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempt - 1));
  // Asking during a ban makes it longer.
  return error.details['banned'] === true ? Infinity : FIRST_WAIT_OF_LIMIT_MS * 2 ** (attempt - 1);
}

async function realWait(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await sleep(ms, undefined, {signal});
}
