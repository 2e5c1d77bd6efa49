import {DlTradeError} from './errors.js';
import type {DlTradeErrorOptions, ErrorCode} from './errors.js';

/** What a failed request may have done at the exchange. `rejected`: it was read and refused. `not-sent`: it never left.
 *  `unknown`: it may have been carried out, and only asking the exchange tells. */
export type ExchangeOutcome = 'rejected' | 'not-sent' | 'unknown';

export interface ExchangeErrorOptions extends DlTradeErrorOptions {
  readonly outcome: ExchangeOutcome;
  /** How long the exchange wants to be left alone, ms. */
  readonly retryAfterMs?: number | undefined;
}

/** A failure at an exchange. Whoever sends orders branches on `outcome`; whoever only reads may ask again unless it is `rejected`. */
export class ExchangeError extends DlTradeError {
  override readonly name = 'ExchangeError';
  readonly outcome: ExchangeOutcome;
  readonly retryAfterMs: number | undefined;

  constructor(
    code: Extract<ErrorCode, `EXCHANGE_${string}`>,
    message: string,
    {outcome, retryAfterMs, cause, details}: ExchangeErrorOptions,
  ) {
    super(code, message, {cause, details: {...details, outcome}});
    this.outcome = outcome;
    this.retryAfterMs = retryAfterMs;
  }
}

/** Whether waiting may help: the exchange was not reached, or did not refuse. */
export function mayPass({code, outcome}: ExchangeError): boolean {
  return code !== 'EXCHANGE_FAILED' || outcome === 'unknown';
}
