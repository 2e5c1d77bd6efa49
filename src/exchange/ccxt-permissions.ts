import {z} from 'zod';
import {ExchangeError} from '../domain/exchange-error.js';
import type {CcxtConnection} from './ccxt-connection.js';

/** What an API key may do. */
export interface KeyPermissions {
  readonly mayTrade: boolean;
  readonly mayWithdraw: boolean;
  /** Works from listed addresses alone. */
  readonly isBoundToAddresses: boolean;
}

const RESTRICTIONS = z.looseObject({
  enableSpotAndMarginTrading: z.boolean(),
  enableWithdrawals: z.boolean(),
  ipRestrict: z.boolean(),
});

/** What the key of a connection may do. `canWithdraw` of Binance's account is the account's, not the key's, so the key is asked for.
 *  @returns undefined where the exchange does not say; Binance's test network does not
 *  @throws as `CcxtConnection.read` */
export async function fetchPermissions(connection: CcxtConnection): Promise<KeyPermissions | undefined> {
  if (connection.provider !== 'binance') return undefined;
  try {
    return await connection.read('the permissions of the key', async (api) => {
      const parsed = RESTRICTIONS.safeParse(await api.sapiGetAccountApiRestrictions?.());
      if (!parsed.success) throw connection.invalid('the permissions of the key are not sound');
      return {
        mayTrade: parsed.data.enableSpotAndMarginTrading,
        mayWithdraw: parsed.data.enableWithdrawals,
        isBoundToAddresses: parsed.data.ipRestrict,
      };
    });
  } catch (error) {
    if (error instanceof ExchangeError && error.details['ccxt'] === 'NotSupported') return undefined;
    throw error;
  }
}
