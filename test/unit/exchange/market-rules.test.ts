import {describe, expect, it} from 'vitest';
import {marketRulesFor} from '../../../src/exchange/market-rules.js';
import {caught} from '../../support/caught.js';

describe('marketRulesFor', () => {
  it('has the known grid of a known symbol at its usual prices', () => {
    const {tickSizeQuote, lotSizeBase} = marketRulesFor('BTC/USDT', 60_000);
    expect([tickSizeQuote.toFixed(), lotSizeBase.toFixed()]).toEqual(['0.01', '0.00001']);
    expect(marketRulesFor('BTC/USDT')).toEqual(marketRulesFor('BTC/USDT', 60_000));
  });

  it.each([1e-8, 1.2e-5, 0.17, 3, 150, 2500, 60_000, 1e8])(
    'has a tick that is small against a price of %d, and a lot worth little',
    (price) => {
      for (const symbol of ['BTC/USDT', 'PEPE/USDT']) {
        const {tickSizeQuote, lotSizeBase} = marketRulesFor(symbol, price);
        expect(tickSizeQuote.toNumber() / price).toBeLessThanOrEqual(1e-4);
        expect(lotSizeBase.toNumber() * price).toBeLessThanOrEqual(10);
      }
    },
  );

  it('refuses what is no pair', () => {
    expect(caught(() => marketRulesFor('BTCUSDT')).code).toBe('SYMBOL_UNKNOWN');
  });
});
