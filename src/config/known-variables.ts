import {DlTradeError} from '../domain/errors.js';
import {nearestNames} from '../domain/nearest-names.js';

const PREFIX = 'TRADING_';

/** Refuses a variable that is named almost like a setting: it would be ignored, and the limit that it was to set would not hold.
 *  Others that begin with TRADING_ are left alone: they may be those of another system.
 *  @param known every name that is read
 *  @throws CONFIG_INVALID with the names that may have been meant */
export function requireKnownVariables(
  environment: Readonly<Record<string, string | undefined>>,
  known: readonly string[],
): void {
  const names = known.map((name) => name.slice(PREFIX.length));
  for (const [variable, value] of Object.entries(environment)) {
    if (value === undefined || value === '' || known.includes(variable)) continue;
    if (!variable.toUpperCase().startsWith(PREFIX)) continue;
    const near = nearestNames(variable.slice(PREFIX.length), names).map((name) => PREFIX + name);
    if (near.length === 0) continue;
    throw new DlTradeError(
      'CONFIG_INVALID',
      `${variable} is no setting of dl-trade; did you mean ${near.join(' or ')}? It would be ignored: correct it, or unset it for dl-trade`,
      {details: {setting: variable, near}},
    );
  }
}
