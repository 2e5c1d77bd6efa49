import type {Decimal} from '../domain/decimal.js';
import type {Side} from '../domain/order.js';

/** What a venue says that we own of a symbol's two currencies, set aside for orders or not. */
export interface VenueBalances {
  readonly base: Decimal;
  readonly quote: Decimal;
}

/** An order that rests at the venue. */
export interface VenueOrder {
  readonly venueOrderId: string;
  /** Undefined where whoever placed it gave it none. */
  readonly clientOrderId: string | undefined;
  readonly side: Side;
  readonly quantityBase: Decimal;
}

/** The account at a venue that keeps one outside this process. */
export interface VenueAccount {
  /** What lies there, of every currency. */
  balances(): Promise<VenueBalances>;
  /** Of the symbol that is traded. */
  openOrders(): Promise<readonly VenueOrder[]>;
}

/** What our books say and the venue does not: nothing may be opened while there is one. */
export interface AccountDifference {
  /** `unread`: the venue's account could not be read. */
  readonly kind: 'base' | 'quote' | 'unread';
  /** One sentence, with both amounts. */
  readonly reason: string;
}

export interface AccountComparison {
  readonly differences: readonly AccountDifference[];
  /** Orders at the venue that are none of ours: they are left alone. */
  readonly foreignOrders: readonly VenueOrder[];
}

/** Compares our books with the venue's account. More than we know of may lie there, since others may use the account; less may not.
 *  @param held base by our books, signed, dust included, and cash in quote
 *  @param isOurs whether a client order id is one of ours */
export async function compareAccount(
  venue: VenueAccount,
  held: VenueBalances,
  isOurs: (clientOrderId: string) => boolean,
): Promise<AccountComparison> {
  try {
    const balances = await venue.balances();
    const orders = await venue.openOrders();
    return {
      differences: [
        ...shortfall('base', held.base, balances.base),
        ...shortfall('quote', held.quote, balances.quote),
      ],
      foreignOrders: orders.filter(
        ({clientOrderId}) => clientOrderId === undefined || !isOurs(clientOrderId),
      ),
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return {differences: [{kind: 'unread', reason}], foreignOrders: []};
  }
}

function shortfall(kind: 'base' | 'quote', ours: Decimal, theirs: Decimal): AccountDifference[] {
  // Written as what must hold, so that a NaN is a difference.
  if (theirs.gte(ours)) return [];
  return [{kind, reason: `our books hold ${ours.toFixed()} ${kind}, the venue ${theirs.toFixed()}`}];
}
