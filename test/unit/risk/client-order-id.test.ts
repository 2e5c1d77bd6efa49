import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {clientOrderIdOf} from '../../../src/risk/client-order-id.js';

describe('clientOrderIdOf', () => {
  it('gives the same id for the same decision, in every life', () => {
    expect(clientOrderIdOf('lstm:BTC/USDT:1704067200000:open-buy')).toBe(
      'dlt-6b938947ce23ea64478dbba3e64b998c',
    );
  });

  it('fits what every exchange takes', () => {
    fc.assert(
      fc.property(fc.string(), (decisionId) => {
        expect(clientOrderIdOf(decisionId)).toMatch(/^[A-Za-z0-9_-]{1,36}$/);
      }),
    );
  });

  it('tells decisions apart', () => {
    expect(clientOrderIdOf('a:1')).not.toBe(clientOrderIdOf('a:2'));
  });
});
