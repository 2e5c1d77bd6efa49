import {ExchangeError} from '../domain/exchange-error.js';
import type {ExchangeOutcome} from '../domain/exchange-error.js';
import {redactSecrets} from '../domain/secrets.js';

/** The largest answer that is read: all symbols of a large exchange are about 20 MB. */
const MAX_BODY_BYTES = 128 * 1024 * 1024;

/** Failures in front of the first byte of a request. */
const NEVER_SENT = new Set([
  ...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT'],
  ...['DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
  ...['CERT_HAS_EXPIRED', 'ERR_TLS_CERT_ALTNAME_INVALID', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY'],
]);

/** The request as ccxt hands it over. */
export interface CcxtRequest {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: string | undefined;
  /** Aborts at ccxt's timeout. */
  readonly signal: AbortSignal;
  /** ms, for messages. */
  readonly timeout?: number;
}

/** The answer as ccxt wants it. */
export interface CcxtResponse {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Headers;
  text(): Promise<string>;
}

/** A `fetchImplementation` for ccxt that has read the whole body when it returns, so that ccxt's timeout covers the body as well:
 *  left alone, ccxt waits minutes for a body that stalls, and gives a raw socket error for one that breaks off.
 *  An answer of 2xx that is no list and no object with something in it fails here: ccxt would make an empty list, an empty
 *  balance or an order without a status of it.
 *  @param closed ends every request, with its reason
 *  @param maxBodyBytes a longer answer is not read to its end
 *  @throws EXCHANGE_UNREACHABLE EXCHANGE_ANSWER_INVALID when called */
export function wholeBodyFetch(
  provider: string,
  closed: AbortSignal,
  maxBodyBytes = MAX_BODY_BYTES,
): (url: string, request: CcxtRequest) => Promise<CcxtResponse> {
  return async (url, {method, headers, body, signal, timeout = 0}) => {
    const host = new URL(url).host;
    try {
      const response = await fetch(url, {
        method,
        headers,
        body: body ?? null,
        // An exchange does not redirect; following one could hand a signed request to another host.
        redirect: 'error',
        signal: AbortSignal.any([signal, closed]),
      });
      const text = await readBody(response, maxBodyBytes);
      if (response.ok) requireJson(provider, host, text);
      else if (response.status >= 500 && (method !== 'GET' || isJson(text)))
        throw failedInside(provider, host, {status: response.status, isRead: method === 'GET'});
      return {
        status: response.status,
        statusText: response.statusText,
        headers: response.headers,
        text: () => Promise.resolve(text),
      };
    } catch (error) {
      closed.throwIfAborted();
      if (error instanceof ExchangeError) throw error;
      if (signal.aborted) {
        throw unreachable(
          `${provider} at ${host} did not answer within ${String(timeout / 1000)} s`,
          'unknown',
        );
      }
      const {code, reason} = reasonOf(error);
      const outcome = code !== undefined && NEVER_SENT.has(code) ? 'not-sent' : 'unknown';
      throw unreachable(`${provider} at ${host} could not be reached or broke off (${reason})`, outcome);
    }
  };
}

async function readBody(response: Response, maxBytes: number): Promise<string> {
  const decoder = new TextDecoder();
  let [text, bytes] = ['', 0];
  for await (const chunk of response.body ?? []) {
    bytes += (chunk as Uint8Array).byteLength;
    if (bytes > maxBytes) throw new Error(`the answer is larger than ${String(maxBytes)} bytes`);
    text += decoder.decode(chunk as Uint8Array, {stream: true});
  }
  return text + decoder.decode();
}

/** What ccxt finds an error of the exchange's in, and takes for a refusal, which is not asked for again. */
function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function requireJson(provider: string, host: string, text: string): void {
  // What begins like JSON and ends before its end is caught as well.
  try {
    const value: unknown = JSON.parse(text);
    if (Array.isArray(value)) return;
    if (typeof value === 'object' && value !== null && Object.keys(value).length > 0) return;
  } catch {
    // Said below, as for a bare value.
  }
  // Half of a secret is not recognised as one.
  const start = redactSecrets(text.trim()).slice(0, 40);
  throw new ExchangeError(
    'EXCHANGE_ANSWER_INVALID',
    `${provider} at ${host} answered "${start}", which is no whole JSON with something in it; a proxy or a captive portal may stand in between`,
    {outcome: 'unknown', details: {provider, host}},
  );
}

/** ccxt would take some bodies for a refusal, but a server that failed may have carried the request out. */
function failedInside(
  provider: string,
  host: string,
  {status, isRead}: {status: number; isRead: boolean},
): ExchangeError {
  const next = isRead ? 'try again later' : 'what it did with the request only asking tells';
  return new ExchangeError(
    'EXCHANGE_FAILED',
    `${provider} at ${host} answered with status ${String(status)}; ${next}`,
    {outcome: 'unknown', details: {provider, host, status}},
  );
}

function reasonOf(error: unknown): {code: string | undefined; reason: string} {
  // undici wraps what happened on the socket into a TypeError without words.
  const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const {code} = inner as {code?: unknown};
  const message = inner instanceof Error ? inner.message : String(inner);
  return {
    code: typeof code === 'string' ? code : undefined,
    reason: message || (typeof code === 'string' ? code : 'no reason given'),
  };
}

function unreachable(what: string, outcome: ExchangeOutcome): ExchangeError {
  return new ExchangeError('EXCHANGE_UNREACHABLE', `${what}; check the network`, {outcome});
}
