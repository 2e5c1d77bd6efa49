import type {Candle} from '../domain/candle.js';
import type {ApprovedOrder, Fill, OrderReport} from '../domain/order.js';

/** News of orders, in the order in which the venue gave it. */
export type BrokerEvent =
  {readonly kind: 'fill'; readonly fill: Fill} | {readonly kind: 'order'; readonly report: OrderReport};

/** A venue that takes orders. One submit per order, never a blind retry: an unclear answer is reported as
 *  `unknown` and resolved by `query`. */
export interface Broker {
  readonly name: string;
  /** True where `settle` would have nothing to tell whatever the candle: a backtest need not ask. */
  readonly idle?: boolean;
  /** Sends an order, once; its end may come later, through `settle`. */
  submit(order: ApprovedOrder): Promise<OrderReport>;
  /** `undefined` where the venue has never heard of the id. */
  query(clientOrderId: string, symbol: string): Promise<OrderReport | undefined>;
  /** Takes an order back; `undefined` where the venue has never heard of the id. */
  cancel(clientOrderId: string, symbol: string): Promise<OrderReport | undefined>;
  /** All news since the last call. `candle` has just closed; a simulated venue trades through it first, so that
   *  what was pending before it fills at its open. */
  settle(candle: Candle): Promise<readonly BrokerEvent[]>;
  /** The same without a candle, where the venue trades by itself: what a restart and the time between two candles need. */
  news?(): Promise<readonly BrokerEvent[]>;
}
