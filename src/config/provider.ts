import {DlTradeError} from '../domain/errors.js';

const SIMULATED = new Set(['sim', 'paper']);

/** The provider behind a name; `paper` is `sim`, as in the old system.
 *  @throws PROVIDER_UNSUPPORTED with the reason */
export function resolveProvider(name: string): string {
  const provider = name.trim().toLowerCase();
  if (SIMULATED.has(provider)) return 'sim';
  if (provider === 'binance_futures') {
    throw unsupported(name, 'futures are not supported, spot only for now');
  }
  throw unsupported(
    name,
    'this version trades on the embedded simulated market (--provider sim) and on recorded candles (--candles FILE)',
  );
}

function unsupported(name: string, why: string): DlTradeError {
  return new DlTradeError('PROVIDER_UNSUPPORTED', `provider was "${name}"; ${why}`, {
    details: {provider: name},
  });
}
