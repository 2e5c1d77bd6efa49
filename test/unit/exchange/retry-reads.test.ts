import {describe, expect, it} from 'vitest';
import {DlTradeError} from '../../../src/domain/errors.js';
import {ExchangeError} from '../../../src/domain/exchange-error.js';
import type {ExchangeErrorOptions} from '../../../src/domain/exchange-error.js';
import {retryReads} from '../../../src/exchange/retry-reads.js';

type Code = ConstructorParameters<typeof ExchangeError>[0];

interface Trial {
  readonly result: unknown;
  readonly waits: number[];
  readonly told: number[];
}

/** What becomes of a read that fails so often before it works. */
async function attempt(error: unknown, {failures = 99, attempts = 5} = {}): Promise<Trial> {
  const [waits, told]: number[][] = [[], []];
  let left = failures;
  const result = await retryReads(
    () => (left-- > 0 ? Promise.reject(error as Error) : Promise.resolve('read')),
    {
      attempts,
      onRetry: (_, waitMs) => told!.push(waitMs),
      wait: (ms) => {
        waits!.push(ms);
        return Promise.resolve();
      },
    },
  ).catch((thrown: unknown) => thrown);
  return {result, waits: waits!, told: told!};
}

function failure(code: Code, options: Partial<ExchangeErrorOptions> = {}): ExchangeError {
  return new ExchangeError(code, 'failed', {outcome: 'unknown', ...options});
}

describe('retryReads', () => {
  it('gives what the read gives', async () => {
    expect(await attempt(undefined, {failures: 0})).toEqual({result: 'read', waits: [], told: []});
  });

  it('waits twice as long each time, up to half a minute, and tells of it', async () => {
    const error = failure('EXCHANGE_UNREACHABLE');
    const {result, waits, told} = await attempt(error, {attempts: 9});
    expect(result).toBe(error);
    expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
    expect(told).toEqual(waits);
  });

  it('waits longer where the exchange wants fewer requests and does not say for how long', async () => {
    const {result, waits} = await attempt(failure('EXCHANGE_RATE_LIMITED'), {failures: 2});
    expect(result).toBe('read');
    expect(waits).toEqual([10_000, 20_000]);
  });

  it.each([
    ['a refusal', failure('EXCHANGE_FAILED', {outcome: 'rejected'})],
    ['what never leaves', failure('EXCHANGE_FAILED', {outcome: 'not-sent'})],
    ['a ban without an end', failure('EXCHANGE_RATE_LIMITED', {details: {banned: true}})],
    ['a long ban', failure('EXCHANGE_RATE_LIMITED', {retryAfterMs: 120_001})],
    ['a wait that is no number', failure('EXCHANGE_RATE_LIMITED', {retryAfterMs: NaN})],
    ['another failure', new DlTradeError('SYMBOL_UNKNOWN', 'x')],
    ['a defect', new TypeError('x')],
  ])('does not ask again after %s', async (_, error) => {
    expect(await attempt(error)).toEqual({result: error, waits: [], told: []});
  });

  it('gives nonsense three chances', async () => {
    const {result, waits} = await attempt(failure('EXCHANGE_ANSWER_INVALID'));
    expect(result).toMatchObject({code: 'EXCHANGE_ANSWER_INVALID'});
    expect(waits).toEqual([500, 1000]);
  });

  it('ends its wait at an abort, with the reason', async () => {
    const controller = new AbortController();
    const reason = new Error('stop');
    const reading = retryReads(() => Promise.reject(failure('EXCHANGE_UNREACHABLE')), {
      attempts: 5,
      signal: controller.signal,
      onRetry: () => {
        controller.abort(reason);
      },
    });
    await expect(reading).rejects.toBe(reason);
  });

  it('lets a failure of the wait itself through', async () => {
    const reason = new Error('no timers');
    const reading = retryReads(() => Promise.reject(failure('EXCHANGE_UNREACHABLE')), {
      attempts: 5,
      wait: () => Promise.reject(reason),
    });
    await expect(reading).rejects.toBe(reason);
  });
});
