import {DlTradeError} from '../domain/errors.js';
import {parseTimeText} from '../domain/time-text.js';

/** Reads a flag's time.
 *  @param text undefined where the flag was not given
 *  @returns ms, UTC
 *  @throws USAGE */
export function timeFlag(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const ms = parseTimeText(text);
  if (ms !== undefined) return ms;
  throw new DlTradeError(
    'USAGE',
    `${flag} was "${text}", want a UTC time such as 2024-06-01 or 2024-06-01T12:00:00Z`,
  );
}
