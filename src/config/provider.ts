import {DlTradeError} from '../domain/errors.js';

const SIMULATED = new Set(['sim', 'paper']);
const FUTURES = 'futures are not supported, spot only for now';

/** The provider behind a name: `sim` (`paper` is the same, as in the old system), or a ccxt id.
 *  @throws PROVIDER_UNSUPPORTED with the reason */
export function resolveProvider(name: string): string {
  return SIMULATED.has(name.trim().toLowerCase()) ? 'sim' : resolveExchange(name);
}

/** The ccxt id behind a provider's name; whether ccxt has it is for the exchange's adapter to say.
 *  @throws PROVIDER_UNSUPPORTED for the simulated market and for futures */
export function resolveExchange(name: string): string {
  const provider = name.trim().toLowerCase();
  if (SIMULATED.has(provider)) {
    throw unsupported(name, 'the simulated market is no exchange; name one such as binance or kraken');
  }
  if (/[_-]futures$/.test(provider)) throw unsupported(name, FUTURES);
  return provider.replace(/_spot$/, '');
}

function unsupported(name: string, why: string): DlTradeError {
  return new DlTradeError('PROVIDER_UNSUPPORTED', `provider was "${name}"; ${why}`, {
    details: {provider: name},
  });
}
