import type {Decimal} from './decimal.js';

/** Which way an order trades. */
export type Side = 'buy' | 'sell';

/** What the strategy wants done about one candle. */
export type Intent = HoldIntent | OrderIntent;

/** Nothing is wanted, and why. */
export interface HoldIntent {
  readonly kind: 'hold';
  /** Why nothing is wanted, one of a fixed vocabulary: the journal and the summary count it. */
  readonly reason:
    | 'neutral'
    | 'already-long'
    | 'already-short'
    | 'nothing-to-close'
    | 'order-pending'
    | 'no-cash'
    | 'shorts-disabled'
    /** What is held is to be closed, and it is not certain that the resting stop will not sell it as well. */
    | 'stop-uncertain';
}

/** An order that the strategy wants: the risk audit has not seen it yet. */
export interface OrderIntent {
  readonly kind: 'order';
  /** One per strategy, symbol, candle and purpose; the client order id derives from it. */
  readonly decisionId: string;
  readonly symbol: string;
  readonly side: Side;
  /** True where the order can only shrink an existing position. */
  readonly reduceOnly: boolean;
  readonly quantityBase: Decimal;
  /** Close of the candle that was decided on, in quote per base; of a resting stop the newest price that is known. */
  readonly referencePrice: Decimal;
  /** Of an order that rests until the market's price reaches it; undefined: it is to be filled at once. */
  readonly stopPrice?: Decimal;
  /** quantityBase x referencePrice. */
  readonly notionalQuote: Decimal;
  /** max(p, 1 - p) of the forecast; 1 for an exit that no forecast asked for. */
  readonly confidence: number;
  /** Why: a signal, or an exit rule. */
  readonly reason:
    | 'signal'
    | 'stop-loss'
    | 'take-profit'
    | 'trailing-stop'
    | 'max-holding-time'
    | 'flatten'
    | 'resting-stop';
  /** Open time of the candle that was decided on, ms, UTC. */
  readonly openTimeMs: number;
}

declare const approved: unique symbol;

/** What an order says, as the journal keeps it: enough to track it and to rebuild a paper venue, never enough to send it. */
export interface OrderTerms {
  /** At most 36 characters of [A-Za-z0-9_-]; the same decision always gives the same id. */
  readonly clientOrderId: string;
  readonly decisionId: string;
  readonly symbol: string;
  /** `stop`: a market order that rests until the market's price reaches `stopPrice`. */
  readonly type: 'market' | 'stop';
  readonly side: Side;
  readonly reduceOnly: boolean;
  readonly quantityBase: Decimal;
  readonly referencePrice: Decimal;
  /** Of a `stop` alone, in quote per base: a sell waits below the market, a buy above it. */
  readonly stopPrice?: Decimal;
  readonly openTimeMs: number;
}

/** An order that RiskAudit let through; nothing else can make one, and a Broker accepts nothing else. */
export interface ApprovedOrder extends OrderTerms {
  readonly [approved]: true;
}

/** Life of an order. `unknown` is not final: only a query resolves it. */
export type OrderStatus =
  'created' | 'open' | 'partially-filled' | 'filled' | 'canceled' | 'rejected' | 'expired' | 'unknown';

/** What a broker says of an order. */
export interface OrderReport {
  readonly clientOrderId: string;
  readonly status: OrderStatus;
  /** The venue's own id, once it gave one. */
  readonly venueOrderId?: string;
  readonly filledBase: Decimal;
  /** Why it was rejected or expired, in the venue's words. */
  readonly reason?: string;
}

/** One execution. */
export interface Fill {
  /** Unique per venue and symbol; a fill seen twice is applied once. */
  readonly fillId: string;
  readonly clientOrderId: string;
  readonly symbol: string;
  readonly side: Side;
  readonly quantityBase: Decimal;
  readonly price: Decimal;
  readonly fee: Decimal;
  /** What the fee is paid in. */
  readonly feeCurrency: 'quote' | 'base';
  /** Fees that were paid in other currencies, such as an exchange's own coin: they touch neither cash nor position, and no
   *  profit or loss counts them. */
  readonly feesElsewhere?: readonly {readonly amount: Decimal; readonly currency: string}[];
  /** Time of the execution by the venue's clock, ms, UTC. */
  readonly timeMs: number;
}
