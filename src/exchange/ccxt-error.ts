import {DlTradeError} from '../domain/errors.js';
import {ExchangeError} from '../domain/exchange-error.js';
import {redactSecrets} from '../domain/secrets.js';

const LONGEST_REASON = 300;

/** Where a failure happened. */
export interface CcxtFailure {
  readonly provider: string;
  /** What was being done: `candles of BTC/USDT`. */
  readonly what: string;
  /** Of the answer that ccxt read last. */
  readonly headers: unknown;
  readonly nowMs: number;
}

/** What a failed call of ccxt means. Its own classes are told by name, so that none of it need be loaded for it; only its
 *  ExchangeError says that the exchange refused, and anything that is not ccxt's leaves the outcome open.
 *  @returns an ExchangeError; errors that say so already pass through */
export function translateCcxtError(error: unknown, failure: CcxtFailure): DlTradeError {
  if (error instanceof DlTradeError) return error;
  const {provider, what, headers, nowMs} = failure;
  const classes = classNames(error);
  const reason = plainReason(error);
  const about = `${provider}: ${what} failed`;
  const cause = Object.assign(new Error(reason), {name: classes[0] ?? 'Error'});
  const details = {provider, what, ccxt: classes[0]};
  if (classes.includes('DDoSProtection') || classes.includes('RateLimitExceeded')) {
    const retryAfterMs = parseRetryAfter(headers, nowMs);
    const wait = retryAfterMs === undefined ? 'some minutes' : `${String(Math.ceil(retryAfterMs / 1000))} s`;
    return new ExchangeError(
      'EXCHANGE_RATE_LIMITED',
      `${about}: too many requests, or a ban (${reason}); try again in ${wait}`,
      // 418 is a ban for having gone on after 429.
      {outcome: 'unknown', retryAfterMs, cause, details: {...details, banned: /\b418\b/.test(reason)}},
    );
  }
  if (classes.includes('RequestTimeout')) {
    return new ExchangeError('EXCHANGE_UNREACHABLE', `${about}: no answer in time (${reason})`, {
      ...{outcome: 'unknown', cause, details},
    });
  }
  if (classes.includes('AuthenticationError')) {
    return new ExchangeError(
      'EXCHANGE_FAILED',
      `${about}: ${reason}; check the credentials, their permissions and the addresses they are bound to`,
      {outcome: 'rejected', cause, details},
    );
  }
  if (classes.includes('NotSupported')) {
    return new ExchangeError('EXCHANGE_FAILED', `${about}: ${reason}`, {
      ...{outcome: 'not-sent', cause, details},
    });
  }
  if (classes.includes('ExchangeError')) {
    return new ExchangeError('EXCHANGE_FAILED', `${about}: ${reason}`, {
      ...{outcome: 'rejected', cause, details},
    });
  }
  if (classes.includes('OperationFailed')) {
    return new ExchangeError('EXCHANGE_FAILED', `${about}: ${reason}; try again later`, {
      ...{outcome: 'unknown', cause, details},
    });
  }
  return new ExchangeError(
    'EXCHANGE_ANSWER_INVALID',
    `${about}: the answer was not what ccxt knows (${reason}); try again, and report it if it stays`,
    {outcome: 'unknown', cause, details},
  );
}

/** The names of an error's class and of those above it, the nearest first. */
function classNames(error: unknown): string[] {
  const names: string[] = [];
  for (
    let prototype: unknown = error;
    prototype instanceof Error;
    prototype = Object.getPrototypeOf(prototype)
  ) {
    const name = prototype.constructor.name;
    if (names.at(-1) !== name) names.push(name);
  }
  return names;
}

/** One short line: ccxt's messages hold whole bodies, and URLs with signatures in their query. */
function plainReason(error: unknown): string {
  const text = redactSecrets(error instanceof Error ? error.message : String(error))
    .replace(/(https?:\/\/[^\s?]+)\?\S*/g, '$1')
    .replace(/\s+/g, ' ')
    .trim();
  return text.length > LONGEST_REASON ? `${text.slice(0, LONGEST_REASON)}...` : text;
}

/** `Retry-After` as RFC 9110 has it, in seconds or as a date.
 *  @returns ms from now; undefined where the header is missing or makes no sense */
export function parseRetryAfter(headers: unknown, nowMs: number): number | undefined {
  if (typeof headers !== 'object' || headers === null) return undefined;
  const entry = Object.entries(headers).find(([name]) => name.toLowerCase() === 'retry-after');
  const text = typeof entry?.[1] === 'string' ? entry[1].trim() : '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const date = text === '' ? Number.NaN : Date.parse(text);
  return Number.isFinite(date) ? Math.max(0, date - nowMs) : undefined;
}
