import {describe, expect, it} from 'vitest';
import {readExchangeSettings} from '../../../src/config/exchange-settings.js';
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
