import {DlTradeError} from '../domain/errors.js';
import {editDistance} from '../domain/nearest-names.js';

const PREFIX = 'TRADING_';

/** Letters that a name may differ in and still be a misspelt one. */
const MISSPELT = 2;

/** Units that names end with, and that are easily forgotten. */
const UNITS = ['PCT', 'USD', 'MS'];

/** Refuses a variable whose name is a misspelt one of ours, or one without its unit or another word: it would be ignored, and the limit that it was to
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
    const near = known.filter((one) => isMeant(name, one));
    if (near.length === 0) continue;
    throw new DlTradeError(
      'CONFIG_INVALID',
      `${variable} is no setting of dl-trade; did you mean ${near.join(' or ')}? It would be ignored: correct it, or unset it for dl-trade`,
      {details: {setting: variable, near}},
    );
  }
}

function isMeant(name: string, known: string): boolean {
  return (
    editDistance(name, known) <= MISSPELT
    || withoutUnit(name, known)
    // `STOPLOSS` for `STOP_LOSS_PCT`
    || withoutUnit(joined(name), joined(known))
    || leavesWordsOut(name, known)
  );
}

function withoutUnit(name: string, known: string): boolean {
  return UNITS.some((unit) => known === `${name}_${unit}` || known === name + unit);
}

function joined(name: string): string {
  return name.replaceAll('_', '');
}

/** `MAX_DRAWDOWN_PCT` for `MAX_DAILY_DRAWDOWN_PCT`: two words or more, all of them its own and in its order, to its end. */
function leavesWordsOut(name: string, known: string): boolean {
  const [words, wanted] = [name, known].map((one) => one.slice(PREFIX.length).split('_'));
  if (words!.length < 2 || words!.at(-1) !== wanted!.at(-1)) return false;
  let at = 0;
  for (const word of wanted!) if (word === words![at]) at += 1;
  return at === words!.length;
}
