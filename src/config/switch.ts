import {DlTradeError} from '../domain/errors.js';

/** A variable that is on or off: true, 1, yes or on; false, 0, no or off.
 *  @param otherwise where it is not set
 *  @throws CONFIG_INVALID */
export function readSwitch(
  variable: string,
  environment: Readonly<Record<string, string | undefined>>,
  otherwise: boolean,
): boolean {
  const text = environment[variable] ?? '';
  if (text === '') return otherwise;
  if (/^(true|1|yes|on)$/i.test(text)) return true;
  if (/^(false|0|no|off)$/i.test(text)) return false;
  throw new DlTradeError('CONFIG_INVALID', `${variable} was "${text}", want true or false`, {
    details: {setting: variable, value: text},
  });
}
