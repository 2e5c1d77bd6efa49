import {DlTradeError} from '../../src/domain/errors.js';

/** The DlTradeError that a call throws.
 *  @throws whatever else it throws, or an Error where it throws nothing */
export function caught(call: () => unknown): DlTradeError {
  try {
    call();
  } catch (error) {
    if (error instanceof DlTradeError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

/** The DlTradeError that a promise rejects with. */
export async function rejected(promise: Promise<unknown>): Promise<DlTradeError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof DlTradeError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
