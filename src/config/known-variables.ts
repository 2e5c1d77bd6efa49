import {DlTradeError} from '../domain/errors.js';
import {editDistance} from '../domain/nearest-names.js';

const PREFIX = 'TRADING_';

/** Letters that a name may differ in and still be a misspelt one. */
const MISSPELT = 2;

/** Units that names end with, and that are easily forgotten. */
const UNITS = ['PCT', 'USD', 'MS'];

/** Refuses a variable whose name is a misspelt one of ours, or one without its unit: it would be ignored, and the limit that it was to
 *  set would not hold. Others that begin with TRADING_ are left alone: they may be those of another system, or what a container's
 *  host sets by itself for a service of such a name.
 *  @param known every name that is read
 *  @throws CONFIG_INVALID with the names that may have been meant */
export function requireKnownVariables(
  environment: Readonly<Record<string, string | undefined>>,
  known: readonly string[],
): void {
  for (const [variable, value] of Object.entries(environment)) {
    if (value === undefined || value === '' || known.includes(variable)) continue;
    const name = variable.toUpperCase();
    if (!name.startsWith(PREFIX)) continue;
    const near = known.filter((one) => lacksUnit(name, one) || editDistance(name, one) <= MISSPELT);
    if (near.length === 0) continue;
    throw new DlTradeError(
      'CONFIG_INVALID',
      `${variable} is no setting of dl-trade; did you mean ${near.join(' or ')}? It would be ignored: correct it, or unset it for dl-trade`,
      {details: {setting: variable, near}},
    );
  }
}

function lacksUnit(name: string, known: string): boolean {
  return UNITS.some((unit) => known === `${name}_${unit}`);
}
