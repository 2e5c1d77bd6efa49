import {DlTradeError} from '../domain/errors.js';
import {nearestNames} from '../domain/nearest-names.js';

/** What a first word that is neither a flag nor a command comes to. */
export function unknownCommand(name: string, known: readonly string[]): DlTradeError {
  const near = nearestNames(name, known);
  const advice = near.length === 0 ? 'there are' : `did you mean ${near.join(' or ')}? There are`;
  return new DlTradeError(
    'USAGE',
    `unknown command "${name}"; ${advice} ${known.join(', ')}, and the run itself, which takes flags alone`,
  );
}
