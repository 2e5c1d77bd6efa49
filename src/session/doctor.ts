import {ERROR_CODES} from '../domain/errors.js';
import {failure} from './doctor-check.js';
import type {CheckResult, DoctorCheck, DoctorRequest} from './doctor-check.js';
import {checkExchange} from './doctor-exchange.js';
import {checkAddon, checkModels} from './doctor-models.js';
import {checkConfiguration, checkDisk, checkNode, checkState} from './doctor-system.js';
import {requireGoingOn} from './interruption.js';

/** In the order in which they build on each other. A new check is a line here. */
const CHECKS: readonly DoctorCheck[] = [
  {name: 'node', run: checkNode},
  {name: 'addon', run: checkAddon},
  {name: 'models', run: checkModels},
  {name: 'config', run: checkConfiguration},
  {name: 'state', run: checkState},
  {name: 'disk', run: checkDisk},
  {name: 'exchange', run: checkExchange},
];

/** What `dl-trade doctor` found. */
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
