import {DlTradeError} from '../domain/errors.js';
import type {ErrorCode} from '../domain/errors.js';

/** What one check found. */
export interface CheckResult {
  /** Which check, and of what: `addon`, `model lstm`. */
  readonly check: string;
  /** `warning`: it works, but not for long or not as one may think. */
  readonly verdict: 'ok' | 'warning' | 'failed';
  /** One sentence; where it failed, with what to do. */
  readonly text: string;
  /** The failure's code, where it failed. */
  readonly code?: ErrorCode;
}

/** What a check may look at. */
export interface DoctorRequest {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly modelsDirectory?: string | undefined;
  /** Where a run would keep its journals; `.dl-trade` by default. */
  readonly stateDirectory?: string | undefined;
  /** An exchange to look at; default: TRADING_PROVIDER of the environment, else none. */
  readonly provider?: string | undefined;
  /** What would be traded there; BTC/USDT unless said otherwise. */
  readonly symbol?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** One thing to look at, or several of a kind. A failure may be thrown: it becomes the check's result. */
export interface DoctorCheck {
  readonly name: string;
  /** Looks, and says what it found. */
  readonly run: (request: DoctorRequest) => CheckResult[] | Promise<CheckResult[]>;
}

/** An error as what a check found. */
export function failure(check: string, error: unknown): CheckResult {
  if (error instanceof DlTradeError) {
    return {check, verdict: 'failed', text: error.message, code: error.code};
  }
  return {check, verdict: 'failed', text: String(error), code: 'UNEXPECTED'};
}
