import {describe, expect, it} from 'vitest';
import {readExchangeSettings, readTradingAccess} from '../../../src/config/exchange-settings.js';
import {redactSecrets} from '../../../src/domain/secrets.js';
import {caught} from '../../support/caught.js';

describe('readExchangeSettings', () => {
  it('takes the flag, else TRADING_PROVIDER', () => {
    const environment = {TRADING_PROVIDER: 'kraken'};
    expect(readExchangeSettings(undefined, environment).provider).toBe('kraken');
    expect(readExchangeSettings(' Binance ', environment).provider).toBe('binance');
    expect(readExchangeSettings('binance_spot', {}).provider).toBe('binance');
    for (const empty of [{}, {TRADING_PROVIDER: ''}]) {
      expect(caught(() => readExchangeSettings(undefined, empty))).toMatchObject({
        code: 'USAGE',
        exitCode: 2,
      });
    }
  });

  it.each(['sim', 'paper', 'binance_futures', 'kraken-futures'])('refuses %s', (provider) => {
    const error = caught(() => readExchangeSettings(provider, {}));
    expect(error).toMatchObject({code: 'PROVIDER_UNSUPPORTED', exitCode: 2});
    expect(error.message).toContain(`provider was "${provider}"`);
  });

  it("takes the provider's own base URL, without a slash at its end", () => {
    const environment = {
      BINANCE_BASE_URL: 'http://localhost:8080/api/',
      KRAKEN_BASE_URL: 'https://other.example',
    };
    expect(readExchangeSettings('binance', environment)).toEqual({
      provider: 'binance',
      baseUrl: 'http://localhost:8080/api',
    });
    expect(readExchangeSettings('binance', {BINANCE_BASE_URL: ''}).baseUrl).toBeUndefined();
  });

  it.each([
    'localhost:8080',
    'ftp://host',
    'https://user:passw0rd@host',
    'https://host?x=1',
    'https://host/#a',
    ' ',
  ])('refuses the base URL %j, without quoting it', (text) => {
    const error = caught(() => readExchangeSettings('binance', {BINANCE_BASE_URL: text}));
    expect(error).toMatchObject({code: 'CONFIG_INVALID', exitCode: 2});
    expect(error.message).toMatch(/^BINANCE_BASE_URL was no plain http/);
    expect(error.message).not.toContain('passw0rd');
  });
});

describe('readTradingAccess', () => {
  const ENVIRONMENT = {BINANCE_API_KEY: ' key-of-binance\n', BINANCE_API_SECRET: 'secret-of-binance'};

  it('reads the credentials of the provider, and trades on the test network unless told otherwise', () => {
    expect(readTradingAccess('binance_spot', ENVIRONMENT)).toEqual({
      ...{provider: 'binance', baseUrl: undefined, testnet: true},
      credentials: {apiKey: 'key-of-binance', secret: 'secret-of-binance'},
    });
    const real = {...ENVIRONMENT, TRADING_TESTNET: 'false', BINANCE_API_PASSWORD: 'word-of-binance'};
    expect(readTradingAccess('binance', real)).toMatchObject({
      ...{testnet: false, credentials: {password: 'word-of-binance'}},
    });
  });

  it('refuses a TRADING_TESTNET that is neither true nor false', () => {
    const error = caught(() => readTradingAccess('binance', {...ENVIRONMENT, TRADING_TESTNET: 'maybe'}));
    expect(error).toMatchObject({code: 'CONFIG_INVALID'});
  });

  it.each([
    [{}, /BINANCE_API_KEY and BINANCE_API_SECRET are not set/],
    [{BINANCE_API_KEY: 'key-of-binance', BINANCE_API_SECRET: '  '}, /but BINANCE_API_SECRET is not set/],
    [
      {KRAKEN_API_KEY: 'key-of-kraken', BINANCE_API_SECRET: 'secret-of-binance'},
      /but BINANCE_API_KEY is not set/,
    ],
  ])('names what is missing of %j', (environment, text) => {
    const error = caught(() => readTradingAccess('binance', environment));
    expect(error).toMatchObject({code: 'LIVE_REFUSED', exitCode: 2});
    expect(error.message).toMatch(text);
  });

  it('hides what it has read, a private key line by line, and puts its lines back', () => {
    const line = 'MC4CAQAwBQYDK2VwBCIEIFakeFakeFakeFake';
    const pem = `-----BEGIN PRIVATE KEY-----\\n${line}\\n-----END PRIVATE KEY-----`;
    const {credentials} = readTradingAccess('binance', {...ENVIRONMENT, BINANCE_API_SECRET: pem});
    expect(credentials.secret.split('\n')).toEqual([
      '-----BEGIN PRIVATE KEY-----',
      line,
      '-----END PRIVATE KEY-----',
    ]);
    expect(redactSecrets(`${line} and key-of-binance`)).toBe('[redacted] and [redacted]');
  });
});
