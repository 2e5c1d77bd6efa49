import {DlTradeError} from '../domain/errors.js';
import {resolveExchange} from './provider.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** Which exchange is meant, and where it is. */
export interface ExchangeSettings {
  /** A ccxt id. */
  readonly provider: string;
  /** Origin, with a path in front of the API's own where there is one; undefined: the exchange's own hosts. */
  readonly baseUrl: string | undefined;
}

/** The exchange that a flag names, else TRADING_PROVIDER, and {PROVIDER}_BASE_URL for it.
 *  @throws USAGE where neither names one, PROVIDER_UNSUPPORTED, CONFIG_INVALID for a base URL that is none */
export function readExchangeSettings(flag: string | undefined, environment: Environment): ExchangeSettings {
  const named = flag ?? (environment['TRADING_PROVIDER'] || undefined);
  if (named === undefined) {
    throw new DlTradeError(
      'USAGE',
      'no exchange was named; give --provider, or set TRADING_PROVIDER, to one such as binance or kraken',
    );
  }
  const provider = resolveExchange(named);
  const variable = `${provider.toUpperCase()}_BASE_URL`;
  const text = environment[variable];
  const baseUrl = text === undefined || text === '' ? undefined : parseBaseUrl(variable, text);
  return {provider, baseUrl};
}

function parseBaseUrl(variable: string, text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isPlain =
    url !== undefined
    && /^https?:$/.test(url.protocol)
    && [url.username, url.password, url.search, url.hash].every((part) => part === '');
  if (isPlain) return (url.origin + url.pathname).replace(/\/+$/, '');
  // A URL may hold a password, so it is not quoted.
  throw new DlTradeError(
    'CONFIG_INVALID',
    `${variable} was no plain http(s) URL; want one such as https://api.example.com, without user, query or fragment`,
    {details: {setting: variable}},
  );
}
