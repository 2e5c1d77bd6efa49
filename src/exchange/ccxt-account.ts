import {z} from 'zod';
import {Decimal, ZERO} from '../domain/decimal.js';
import type {VenueOrder} from '../execution/venue-account.js';
import type {CcxtConnection} from './ccxt-connection.js';
import {CCXT_NUMBER} from './ccxt-market.js';

const BALANCES = z.looseObject({
  total: z
    .record(z.string(), CCXT_NUMBER)
    // ccxt makes an empty account of what it cannot read.
    .refine((totals) => Object.keys(totals).length > 0, 'holds no currency at all'),
});

const OPEN_ORDERS = z.array(
  z.looseObject({
    id: z.string().min(1),
    clientOrderId: z.string().nullish(),
    side: z.enum(['buy', 'sell']),
    amount: CCXT_NUMBER,
  }),
);

/** What lies at an exchange, by currency. */
export interface AccountTotals {
  /** Set aside for orders or not; 0 for a currency that the exchange does not list beside others. */
  readonly of: (currency: string) => Decimal;
}

/** @throws EXCHANGE_ANSWER_INVALID for an answer without any balance, which is never taken for an empty account; else as
 *  `CcxtConnection.read` */
export async function fetchBalances(
  connection: CcxtConnection,
  signal?: AbortSignal,
): Promise<AccountTotals> {
  await connection.syncClock(signal);
  return await connection.read(
    'the balances',
    async (api) => {
      const parsed = BALANCES.safeParse(await api.fetchBalance());
      if (!parsed.success) {
        throw connection.invalid(`the balances are not sound: ${parsed.error.issues[0]?.message ?? ''}`);
      }
      const {total} = parsed.data;
      return {of: (currency) => (Object.hasOwn(total, currency) ? new Decimal(total[currency]!) : ZERO)};
    },
    signal,
  );
}

/** Orders of a symbol that rest at the exchange, whoever placed them.
 *  @throws as `fetchBalances` */
export async function fetchOpenOrders(connection: CcxtConnection, symbol: string): Promise<VenueOrder[]> {
  await connection.syncClock();
  return await connection.read('the open orders', async (api) => {
    // Without a symbol ccxt refuses to ask.
    const parsed = OPEN_ORDERS.safeParse(await api.fetchOpenOrders(symbol));
    if (!parsed.success) {
      throw connection.invalid(`the open orders are not sound: ${parsed.error.issues[0]?.message ?? ''}`);
    }
    return parsed.data.map(({id, clientOrderId, side, amount}) => ({
      venueOrderId: id,
      clientOrderId: clientOrderId ?? undefined,
      side,
      quantityBase: new Decimal(amount),
    }));
  });
}
