import type {PendingOrderView} from '../domain/account-view.js';

/** An order whose end the journal does not know. Amounts are exact decimal strings. */
export interface OpenOrder {
  readonly clientOrderId: string;
  readonly side: 'buy' | 'sell';
  /** What is still to be filled. */
  readonly quantityBase: string;
  /** Of a stop that rests until the market's price reaches it; left out: the order is under way. */
  readonly stopPrice?: string;
}

/** The ledger's open orders, as people and programs are told of them. */
export function openOrdersOf(pending: readonly PendingOrderView[]): OpenOrder[] {
  return pending.map(({clientOrderId, side, quantityBase, stopPrice}) => ({
    ...{clientOrderId, side},
    quantityBase: quantityBase.toFixed(),
    ...(stopPrice === undefined ? {} : {stopPrice: stopPrice.toFixed()}),
  }));
}
