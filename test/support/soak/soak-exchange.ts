import {Decimal} from '../../../src/domain/decimal.js';
import {BinanceVenue} from '../test-exchange/binance-venue.js';
import {HurriedHistory} from '../test-exchange/hurried-history.js';
import {LISTED_MS} from '../test-exchange/markets.js';
import type {SpotOrder} from '../test-exchange/spot-orders.js';
import {TestExchange} from '../test-exchange/test-exchange.js';
import type {Venue, VenueAnswer, VenueRequest} from '../test-exchange/venue.js';

export const SYMBOL = 'BTC/USDT';
/** What the account holds when a soak begins; BNB for the fees that are paid in it. The bitcoin is somebody else's: the exchange would
 *  let us sell it. */
export const DEPOSITS = {BTC: '1', BNB: '5', USDT: '10000'} as const;

const ORDER = 'POST /api/v3/order';
/** A run needs so many candles before the first that it decides on. */
const WARM_UP_SECONDS = 700;

/** Who is told as an order passes through the exchange; what is called here runs before the exchange goes on. */
export interface OrderWatch {
  /** It has arrived, and nobody has looked at it. */
  readonly onArrival?: (parameters: URLSearchParams) => void;
  /** It is taken, and nobody has been told. */
  readonly onTaken?: (order: SpotOrder) => void;
}

/** The exchange of a soak: candles of a second, a clock like ours, an account with canaries for keys, and the truth of it all. */
export class SoakExchange {
  readonly venue: BinanceVenue;
  readonly exchange: TestExchange;
  readonly history: HurriedHistory;
  /** Found nowhere outside the process that was given them, or something leaks. */
  readonly credentials: {readonly apiKey: string; readonly secret: string};
  /** Orders that somebody else placed. */
  readonly foreign: SpotOrder[] = [];
  /** Sells that came while another one of ours was live, by client id. */
  readonly doubleSells: string[] = [];
  watch: OrderWatch = {};

  private constructor(
    venue: BinanceVenue,
    history: HurriedHistory,
    exchange: TestExchange,
    watched: WatchedVenue,
  ) {
    this.venue = venue;
    this.history = history;
    this.exchange = exchange;
    const {apiKey, secret} = venue.key;
    this.credentials = {apiKey, secret};
    watched.onTaken = () => {
      const order = venue.orders.taken.at(-1)!;
      const others = this.ours.some((other) => other !== order && other.side === 'SELL' && isLive(other));
      if (order.side === 'SELL' && others) this.doubleSells.push(order.clientOrderId);
      this.watch.onTaken?.(order);
    };
    exchange.onRequest = (request) => {
      if (`${request.method} ${request.path}` === ORDER) this.watch.onArrival?.(parametersOf(request));
    };
  }

  /** Starts it until it is stopped.
   *  @param seed of its market */
  static async listen(seed: number): Promise<SoakExchange> {
    const history = new HurriedHistory({seconds: 6000, seed});
    const venue = new BinanceVenue({[SYMBOL]: history}, {balances: DEPOSITS});
    Object.assign(venue.key, {
      apiKey: `canary-key-${String(seed)}-9f3c61`,
      secret: `canary-secret-${String(seed)}-b07d24`,
    });
    const watched = new WatchedVenue(venue);
    const exchange = await TestExchange.listen(watched, LISTED_MS + WARM_UP_SECONDS * 1000 + 500);
    exchange.run(1);
    return new SoakExchange(venue, history, exchange, watched);
  }

  /** Orders of the strategy: all that are not somebody else's. */
  get ours(): readonly SpotOrder[] {
    return this.venue.orders.taken.filter((order) => !this.foreign.includes(order));
  }

  /** Stops of the strategy. */
  get stops(): readonly SpotOrder[] {
    return this.ours.filter(({stopPrice}) => stopPrice !== undefined);
  }

  /** Client ids of all orders that were sent here, taken or not, once for each time. */
  get sentIds(): readonly string[] {
    return this.exchange.requests
      .filter(({method, path}) => `${method} ${path}` === ORDER)
      .map((request) => parametersOf(request).get('newClientOrderId') ?? '');
  }

  /** Somebody else's order that rests, far below the market. */
  placeForeignOrder(): void {
    const {orders} = this.venue;
    const price = new Decimal(this.history.kline(this.exchange.nowMs)!.close).times('0.3').toFixed(2);
    const order = orders.take(
      {
        ...{clientOrderId: `somebody-${String(this.foreign.length)}`, symbol: SYMBOL, side: 'BUY'},
        ...{type: 'LIMIT', quantity: '0.001', price},
      },
      this.exchange.nowMs,
    );
    this.foreign.push(order);
  }

  /** Sets the exchange's clock, which then goes on as ours does: forward, or a little back. */
  shiftClock(ms: number): void {
    this.exchange.nowMs += ms;
    this.exchange.run(1);
  }

  /** Lets come what is on its way, and fills what has come due. */
  settle(): void {
    this.shiftClock(0);
    this.venue.orders.tick(this.exchange.nowMs);
  }

  async stop(): Promise<void> {
    await this.exchange.stop();
  }
}

/** True for an order that may still be filled. */
export function isLive({status}: SpotOrder): boolean {
  return status === 'NEW' || status === 'PARTIALLY_FILLED';
}

class WatchedVenue implements Venue {
  onTaken: () => void = () => undefined;
  readonly #venue: BinanceVenue;

  constructor(venue: BinanceVenue) {
    this.#venue = venue;
  }

  answer(request: VenueRequest, nowMs: number): VenueAnswer {
    const answer = this.#venue.answer(request, nowMs);
    if (`${request.method} ${request.path}` === ORDER && answer.status === 200) this.onTaken();
    return answer;
  }
}

function parametersOf({query, body}: VenueRequest): URLSearchParams {
  return new URLSearchParams([...query, ...new URLSearchParams(body)]);
}
