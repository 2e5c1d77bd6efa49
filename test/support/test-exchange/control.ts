import {z} from 'zod';
import {Decimal} from '../../../src/domain/decimal.js';
import type {BinanceVenue} from './binance-venue.js';
import type {Fault} from './faults.js';
import type {SpotBehaviour} from './spot-orders.js';
import type {TestExchange} from './test-exchange.js';
import type {VenueAnswer, VenueRequest} from './venue.js';

const FAULT = z.object({
  path: z.string(),
  fault: z.looseObject({kind: z.string()}),
  skip: z.number().optional(),
  times: z.number().optional(),
});
const CLOCK = z.object({
  nowMs: z.number().optional(),
  advanceMs: z.number().optional(),
  speed: z.number().optional(),
});

/** Commands to a test exchange over HTTP, for the tests of another process:
 *  `POST /control/fault {path, fault, skip, times}`, `POST /control/heal`, `POST /control/clock {nowMs | advanceMs | speed}`,
 *  `POST /control/behaviour {...SpotBehaviour}`, `POST /control/price {price}`, `POST /control/deposit {asset, amount}`, and
 *  `GET /control/truth`: what really happened there. */
export function control(exchange: TestExchange, venue: BinanceVenue, request: VenueRequest): VenueAnswer {
  const given: unknown = request.body === '' ? {} : JSON.parse(request.body);
  switch (`${request.method} ${request.path}`) {
    case 'POST /control/fault': {
      const {path, fault, ...rest} = FAULT.parse(given);
      exchange.fail(path, fault as Fault, {skip: rest.skip ?? 0, times: rest.times ?? 1});
      return ok({});
    }
    case 'POST /control/heal':
      exchange.heal();
      return ok({});
    case 'POST /control/clock': {
      const {nowMs, advanceMs = 0, speed} = CLOCK.parse(given);
      if (speed === undefined) exchange.nowMs = (nowMs ?? exchange.nowMs) + advanceMs;
      else exchange.run(speed);
      return ok({nowMs: exchange.nowMs});
    }
    case 'POST /control/behaviour':
      Object.assign(venue.orders.behaviour, given as Partial<SpotBehaviour>);
      return ok({});
    case 'POST /control/price':
      venue.price = z.object({price: z.string().optional()}).parse(given).price;
      return ok({});
    case 'POST /control/deposit': {
      const {asset, amount} = z.object({asset: z.string(), amount: z.string()}).parse(given);
      venue.orders.account.add(asset, new Decimal(amount));
      return ok({});
    }
    case 'GET /control/truth':
      venue.orders.tick(exchange.nowMs);
      return ok(truth(exchange, venue));
    default:
      return {status: 404, body: {error: `no command ${request.method} ${request.path}`}};
  }
}

/** Everything that was taken and filled, and what is owned: decimals as their digits. */
function truth(exchange: TestExchange, {orders}: BinanceVenue): unknown {
  const {account} = orders;
  return {
    nowMs: exchange.nowMs,
    ordersSent: exchange.count('POST /api/v3/order'),
    orders: orders.taken,
    balances: Object.fromEntries(account.assets.map((asset) => [asset, account.total(asset)])),
  };
}

function ok(body: unknown): VenueAnswer {
  return {status: 200, body};
}
