import type {UnresolvedOrder} from './reconcile.js';
import type {AccountDifference} from './venue-account.js';

/** What we do not know of where we stand at a venue: while there is any of it, nothing is opened. */
export interface Unresolved {
  /** Orders whose fate the venue does not tell. */
  readonly orders: readonly UnresolvedOrder[];
  /** What our books hold and the venue's account does not. */
  readonly differences: readonly AccountDifference[];
}

/** Nothing is unknown. */
export const RESOLVED: Unresolved = {orders: [], differences: []};

export function isCertain({orders, differences}: Unresolved): boolean {
  return orders.length === 0 && differences.length === 0;
}

/** Whether two of them are about the same orders and the same kinds of differences; amounts and reasons may have moved. */
export function isSameUnresolved(one: Unresolved, other: Unresolved): boolean {
  const said = ({orders, differences}: Unresolved): string =>
    [...orders.map(({clientOrderId}) => clientOrderId), '', ...differences.map(({kind}) => kind)].join('\n');
  return said(one) === said(other);
}
