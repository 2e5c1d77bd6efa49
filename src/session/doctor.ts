import {DlTradeError, ERROR_CODES} from '../domain/errors.js';
import type {ErrorCode} from '../domain/errors.js';
import {checkAddon, checkModels} from './doctor-models.js';
import {checkConfiguration, checkDisk, checkNode, checkState} from './doctor-system.js';
import {requireGoingOn} from './interruption.js';

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
  readonly signal?: AbortSignal | undefined;
}

/** One thing to look at, or several of a kind. A failure may be thrown: it becomes the check's result. */
export interface DoctorCheck {
  readonly name: string;
  readonly run: (request: DoctorRequest) => CheckResult[] | Promise<CheckResult[]>;
}

/** In the order in which they build on each other. A new check is a line here. */
const CHECKS: readonly DoctorCheck[] = [
  {name: 'node', run: checkNode},
  {name: 'addon', run: checkAddon},
  {name: 'models', run: checkModels},
  {name: 'config', run: checkConfiguration},
  {name: 'state', run: checkState},
  {name: 'disk', run: checkDisk},
];

export interface DoctorReport {
  /** True where nothing failed; warnings do not count. */
  readonly ok: boolean;
  /** Of the first failure; 0 where there is none. */
  readonly exitCode: number;
  readonly checks: readonly CheckResult[];
}

/** Looks at everything that a run on this machine needs and says what is not right, all of it, not only the first.
 *  @param checks exported for its tests
 *  @throws INTERRUPTED */
export async function runDoctor(
  request: DoctorRequest,
  checks: readonly DoctorCheck[] = CHECKS,
): Promise<DoctorReport> {
  const results: CheckResult[] = [];
  for (const {name, run} of checks) {
    requireGoingOn(request.signal);
    try {
      results.push(...(await run(request)));
    } catch (error) {
      results.push(failure(name, error));
    }
  }
  const code = results.find(({verdict}) => verdict === 'failed')?.code;
  const ok = results.every(({verdict}) => verdict !== 'failed');
  return {ok, exitCode: ok ? 0 : ERROR_CODES[code ?? 'UNEXPECTED'].exitCode, checks: results};
}

/** An error as what a check found. */
export function failure(check: string, error: unknown): CheckResult {
  if (error instanceof DlTradeError) {
    return {check, verdict: 'failed', text: error.message, code: error.code};
  }
  return {check, verdict: 'failed', text: String(error), code: 'UNEXPECTED'};
}
