import {createHmac} from 'node:crypto';
import {Refusal} from './spot-orders.js';
import type {VenueRequest} from './venue.js';

export interface ApiKey {
  readonly apiKey: string;
  readonly secret: string;
  /** What the key may do besides reading and trading. */
  canWithdraw: boolean;
  /** False where the exchange's clock goes faster than those who sign by their own can follow. */
  checksTime: boolean;
}

/** Longest receive window, ms. */
const MAX_WINDOW_MS = 60_000;
/** A timestamp may be ahead of the exchange's clock by less. */
const AHEAD_MS = 1000;

/** The parameters of a signed request, after key, signature and time were checked as Binance checks them.
 *  @throws Refusal */
export function requireSigned(request: VenueRequest, key: ApiKey, nowMs: number): URLSearchParams {
  const given = request.headers['x-mbx-apikey'];
  if (given === undefined) throw new Refusal(-2014, 'API-key format invalid.');
  if (given !== key.apiKey) {
    throw new Refusal(-2015, 'Invalid API-key, IP, or permissions for action.');
  }
  // Signed is the text as it was sent, not what it means.
  const sent = request.rawQuery + request.body;
  const [, signed = '', signature] = /^(.*)&signature=([^&]*)$/.exec(sent) ?? [];
  if (signature !== createHmac('sha256', key.secret).update(signed).digest('hex')) {
    throw new Refusal(-1022, 'Signature for this request is not valid.');
  }
  const parameters = new URLSearchParams(signed);
  if (!key.checksTime) return parameters;
  const timestamp = Number(parameters.get('timestamp'));
  const windowMs = Number(parameters.get('recvWindow') ?? 5000);
  if (!(windowMs > 0 && windowMs <= MAX_WINDOW_MS)) {
    throw new Refusal(-1131, 'recvWindow must be less than 60000.');
  }
  if (!(timestamp < nowMs + AHEAD_MS)) {
    throw new Refusal(-1021, "Timestamp for this request was 1000ms ahead of the server's time.");
  }
  if (!(nowMs - timestamp <= windowMs)) {
    throw new Refusal(-1021, 'Timestamp for this request is outside of the recvWindow.');
  }
  return parameters;
}
