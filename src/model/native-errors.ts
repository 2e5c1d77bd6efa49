import {DlTradeError, ERROR_CODES} from '../domain/errors.js';
import type {ErrorCode} from '../domain/errors.js';
import type {InspectReport} from './native-network.js';

/** Makes a call of the addon, whose errors become ours.
 *  @param file what the call is about, where its message may not say so itself */
export function translated<T>(call: () => T, file?: string): T {
  try {
    return call();
  } catch (error) {
    throw translate(error, file);
  }
}

/** As `translated`, for a call that promises. */
export async function translatedAsync<T>(call: () => Promise<T>, file?: string): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw translate(error, file);
  }
}

/** An error of the addon as a `DlTradeError` by the code that it carries; a TypeError stays one. */
export function translate(error: unknown, file?: string): unknown {
  if (error instanceof TypeError || !(error instanceof Error)) return error;
  const {code, checkpointCode} = error as {code?: unknown; checkpointCode?: unknown};
  const said = file === undefined || error.message.includes(file);
  return new DlTradeError(
    isErrorCode(code) ? code : 'NATIVE_FAILED',
    said ? error.message : `${file}: ${error.message}`,
    {cause: error, ...(checkpointCode === undefined ? {} : {details: {checkpointCode}})},
  );
}

function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(ERROR_CODES, code);
}

/** The report on a checkpoint that was refused.
 *  @throws what is no refusal of the addon's */
export function refusalReport(error: unknown): InspectReport {
  if (!(error instanceof DlTradeError)) throw error;
  const {checkpointCode} = error.details;
  return {
    ok: false,
    code: typeof checkpointCode === 'string' ? checkpointCode : error.code,
    message: error.message,
  };
}
