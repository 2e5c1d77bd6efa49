import {readdirSync} from 'node:fs';
import {fileURLToPath} from 'node:url';
import {DlTradeError} from '../domain/errors.js';
import {nearestNames} from '../domain/nearest-names.js';

/** Where ccxt keeps a module an exchange. Importing ccxt itself would load more than a hundred of them. */
function exchangesDirectory(): URL {
  return new URL('./src/', import.meta.resolve('ccxt'));
}

/** The ids of all exchanges that the installed ccxt knows, sorted; nothing of ccxt is loaded for it. */
export function exchangeIds(): string[] {
  return readdirSync(fileURLToPath(exchangesDirectory()))
    .map((name) => /^([a-z0-9]+)\.js$/.exec(name)?.[1])
    .filter((id) => id !== undefined)
    .sort();
}

/** The module of one exchange.
 *  @throws PROVIDER_UNSUPPORTED for an id that ccxt does not know, naming the nearest */
export function exchangeModule(id: string): string {
  const ids = exchangeIds();
  if (ids.includes(id)) return new URL(`${id}.js`, exchangesDirectory()).href;
  const near = nearestNames(id, ids);
  const hint = near.length === 0 ? 'want the id of an exchange of ccxt' : `did you mean ${near.join(', ')}?`;
  throw new DlTradeError('PROVIDER_UNSUPPORTED', `provider was "${id}", which ccxt does not know; ${hint}`, {
    details: {provider: id, near},
  });
}
