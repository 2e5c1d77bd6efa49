import {beforeAll, describe, expect, it} from 'vitest';
import {DlTradeError} from '../../../src/domain/errors.js';
import {ExchangeError} from '../../../src/domain/exchange-error.js';
import {registerSecret} from '../../../src/domain/secrets.js';
import {parseRetryAfter, translateCcxtError} from '../../../src/exchange/ccxt-error.js';

type ErrorClass = new (message: string) => Error;
let ccxt: Record<string, ErrorClass>;

beforeAll(async () => {
  ccxt = (await import(new URL('./src/base/errors.js', import.meta.resolve('ccxt')).href)) as typeof ccxt;
});

function translate(error: unknown, headers: unknown = {}): ExchangeError {
  const failure = {provider: 'binance', what: 'an order', headers, nowMs: Date.UTC(2026, 0, 1)};
  const translated = translateCcxtError(error, failure);
  if (translated instanceof ExchangeError) return translated;
  throw translated;
}

describe('translateCcxtError', () => {
  it.each([
    ['InsufficientFunds', 'EXCHANGE_FAILED', 'rejected'],
    ['InvalidOrder', 'EXCHANGE_FAILED', 'rejected'],
    ['OrderNotFound', 'EXCHANGE_FAILED', 'rejected'],
    ['BadRequest', 'EXCHANGE_FAILED', 'rejected'],
    ['BadSymbol', 'EXCHANGE_FAILED', 'rejected'],
    ['AuthenticationError', 'EXCHANGE_FAILED', 'rejected'],
    ['PermissionDenied', 'EXCHANGE_FAILED', 'rejected'],
    ['NotSupported', 'EXCHANGE_FAILED', 'not-sent'],
    ['OperationFailed', 'EXCHANGE_FAILED', 'unknown'],
    ['ExchangeNotAvailable', 'EXCHANGE_FAILED', 'unknown'],
    ['InvalidNonce', 'EXCHANGE_FAILED', 'unknown'],
    ['NetworkError', 'EXCHANGE_FAILED', 'unknown'],
    ['RequestTimeout', 'EXCHANGE_UNREACHABLE', 'unknown'],
    ['DDoSProtection', 'EXCHANGE_RATE_LIMITED', 'unknown'],
    ['RateLimitExceeded', 'EXCHANGE_RATE_LIMITED', 'unknown'],
  ])('takes %s for %s, and the order for %s', (name, code, outcome) => {
    const error = translate(new ccxt[name]!('binance said so'));
    expect(error).toMatchObject({code, outcome, exitCode: 5, details: {ccxt: name, outcome}});
    expect(error.message).toMatch(/^binance: an order failed: .*said so/);
    expect(error.cause).toMatchObject({name, message: 'binance said so'});
  });

  it.each([new TypeError('x is not a function'), 'text', undefined])(
    'leaves the outcome open for what is not of ccxt: %s',
    (thrown) => {
      expect(translate(thrown)).toMatchObject({code: 'EXCHANGE_ANSWER_INVALID', outcome: 'unknown'});
    },
  );

  it('lets our own errors through', () => {
    const own = new DlTradeError('SYMBOL_UNKNOWN', 'no such symbol');
    expect(translateCcxtError(own, {provider: 'x', what: 'y', headers: {}, nowMs: 0})).toBe(own);
  });

  it('shows neither a signed query nor a credential, nor a whole page', () => {
    registerSecret('k3y-of-the-test');
    const error = translate(
      new ccxt['NetworkError']!(
        `binance GET https://api.example.com/account?timestamp=1&signature=abcdef k3y-of-the-test\n${'<p>'.repeat(999)}`,
      ),
    );
    for (const text of [error.message, String((error.cause as Error).stack), JSON.stringify(error.details)]) {
      expect(text).not.toMatch(/signature|abcdef|k3y-of-the-test/);
    }
    expect(error.message).toContain('https://api.example.com/account [redacted]');
    expect(error.message.length).toBeLessThan(500);
    expect(error.message).not.toContain('\n');
  });
});

describe('parseRetryAfter', () => {
  const nowMs = Date.UTC(2026, 0, 1);
  it.each([
    [{'Retry-After': '7'}, 7000],
    [{'retry-after': ' 0 '}, 0],
    [{'Retry-After': 'Thu, 01 Jan 2026 00:01:00 GMT'}, 60_000],
    [{'Retry-After': 'Wed, 31 Dec 2025 00:00:00 GMT'}, 0],
    [{'Retry-After': 'soon'}, undefined],
    [{'Retry-After': ''}, undefined],
    [{'Retry-After': '-5'}, expect.any(Number)],
    [{}, undefined],
    [undefined, undefined],
    [null, undefined],
  ])('reads %j as %s ms', (headers, ms) => {
    expect(parseRetryAfter(headers, nowMs)).toEqual(ms);
  });
});
