import {stat} from 'node:fs/promises';
import {DlTradeError} from '../domain/errors.js';

/** Keeps a result from replacing what it is made of.
 *  @param flag that names the result
 *  @throws USAGE where both paths are the same file */
export async function requireOtherFile(input: string, out: string, flag = '--out'): Promise<void> {
  const [from, to] = await Promise.all([input, out].map((path) => stat(path).catch(() => undefined)));
  if (from === undefined || from.dev !== to?.dev || from.ino !== to.ino) return;
  throw new DlTradeError('USAGE', `${flag} was "${out}", which is the candle file itself; name another one`, {
    details: {out},
  });
}
