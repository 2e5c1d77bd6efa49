import {DlTradeError} from '../domain/errors.js';
import {registerSecret} from '../domain/secrets.js';
import {resolveExchange} from './provider.js';
import {readTestnet} from './testnet.js';

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

/** Which exchange is traded at, and with what. */
export interface TradingAccess extends ExchangeSettings {
  /** TRADING_TESTNET: true unless it says otherwise. */
  readonly testnet: boolean;
  readonly credentials: {
    readonly apiKey: string;
    readonly secret: string;
    readonly password?: string;
  };
}

/** As `readExchangeSettings`, with TRADING_TESTNET and {PROVIDER}_API_KEY, {PROVIDER}_API_SECRET and, for exchanges whose keys have
 *  one, {PROVIDER}_API_PASSWORD. Each is registered, so that nothing can print it.
 *  @throws LIVE_REFUSED naming the variables that are missing, and as `readExchangeSettings` */
export function readTradingAccess(flag: string | undefined, environment: Environment): TradingAccess {
  const settings = readExchangeSettings(flag, environment);
  const read = (suffix: string): {name: string; value: string} => {
    const name = `${settings.provider.toUpperCase()}_API_${suffix}`;
    return {name, value: parseCredential(environment[name] ?? '')};
  };
  const [apiKey, secret, password] = [read('KEY'), read('SECRET'), read('PASSWORD')];
  const missing = [apiKey, secret].filter(({value}) => value === '').map(({name}) => name);
  if (missing.length > 0) {
    throw new DlTradeError(
      'LIVE_REFUSED',
      `trading at ${settings.provider} needs credentials, but ${missing.join(' and ')} ${missing.length > 1 ? 'are' : 'is'} not set`,
      {details: {provider: settings.provider, missing}},
    );
  }
  return {
    ...settings,
    testnet: readTestnet(environment),
    credentials: {
      ...{apiKey: apiKey.value, secret: secret.value},
      ...(password.value === '' ? {} : {password: password.value}),
    },
  };
}

/** Without what shells and secret stores put around it; a private key in one line gets its lines back. */
function parseCredential(text: string): string {
  const value = text.trim();
  const credential = value.includes('PRIVATE KEY') ? value.replaceAll('\\n', '\n') : value;
  for (const secret of [value, credential, ...credential.split('\n')]) {
    // A key's first and last line are no secret, and what stands there is ordinary text.
    if (!secret.startsWith('-----')) registerSecret(secret);
  }
  return credential;
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
