import {describe, expect, it} from 'vitest';
import {compareAccount} from '../../../src/execution/venue-account.js';
import type {VenueAccount, VenueOrder} from '../../../src/execution/venue-account.js';
import {d} from '../../support/trading.js';

const HELD = {base: d('0.999'), quote: d('9900')};
const OURS = (id: string): boolean => id === 'dlt-1';

function account(base: string, quote: string, orders: readonly VenueOrder[] = []): VenueAccount {
  return {
    balances: () => Promise.resolve({base: d(base), quote: d(quote)}),
    openOrders: () => Promise.resolve(orders),
  };
}

function resting(clientOrderId: string | undefined): VenueOrder {
  return {venueOrderId: '7', clientOrderId, side: 'sell', quantityBase: d(1)};
}

describe('compareAccount', () => {
  it('finds nothing where the venue has as much, or more that is of others', async () => {
    for (const venue of [account('0.999', '9900'), account('5', '20000')]) {
      expect(await compareAccount(venue, HELD, OURS)).toEqual({differences: [], foreignOrders: []});
    }
  });

  it('says how much is missing at the venue, to the last digit', async () => {
    const {differences} = await compareAccount(account('0.99899999', '9899.99'), HELD, OURS);
    expect(differences).toEqual([
      {kind: 'base', reason: 'our books hold 0.999 base, the venue 0.99899999'},
      {kind: 'quote', reason: 'our books hold 9900 quote, the venue 9899.99'},
    ]);
  });

  it('takes a balance that is no number for a difference', async () => {
    const {differences} = await compareAccount(account('NaN', '9900'), HELD, OURS);
    expect(differences.map(({kind}) => kind)).toEqual(['base']);
  });

  it('reports orders of others, and not ours', async () => {
    const orders = [resting('dlt-1'), resting('x-other'), resting(undefined)];
    const {foreignOrders} = await compareAccount(account('1', '10000', orders), HELD, OURS);
    expect(foreignOrders).toEqual([orders[1], orders[2]]);
  });

  it('takes an account that cannot be read for a difference, not for an empty one', async () => {
    const venue = {...account('1', '10000'), balances: () => Promise.reject(new Error('no answer'))};
    expect(await compareAccount(venue, HELD, OURS)).toEqual({
      differences: [{kind: 'unread', reason: 'no answer'}],
      foreignOrders: [],
    });
  });
});
