import type {ConnectionOptions} from '../../../src/exchange/ccxt-connection.js';
import {CcxtBroker} from '../../../src/exchange/ccxt-broker.js';
import type {CcxtBrokerOptions} from '../../../src/exchange/ccxt-broker.js';
import type {DlTradeError} from '../../../src/domain/errors.js';
import type {Candle} from '../../../src/domain/candle.js';
import type {Broker} from '../../../src/execution/broker.js';
import {START_MS, SYMBOL, TIMEFRAME_MS} from '../trading.js';
import {API_KEY, BinanceVenue} from './binance-venue.js';
import type {BinanceOptions} from './binance-venue.js';
import {connect} from './connect.js';
import {MarketHistory} from './market-history.js';
import {FILTERS} from './spot-orders.js';
import {TestExchange} from './test-exchange.js';

/** Real ccxt at the test exchange, which trades BTC/USDT at 100 in lots of 0.001, and whose clock moves when something waits. */
export interface TestBroker {
  readonly broker: CcxtBroker;
  readonly venue: BinanceVenue;
  readonly exchange: TestExchange;
  /** How far this machine's clock is ahead of the exchange's. */
  readonly clock: {aheadMs: number};
  /** Everything that went wrong and was lived with. */
  readonly troubles: DlTradeError[];
  /** Another broker over a connection of its own, as after a restart. */
  readonly reopen: () => Promise<CcxtBroker>;
}

export interface TestBrokerOptions extends BinanceOptions {
  readonly symbol?: string;
  readonly connection?: Partial<ConnectionOptions>;
  readonly broker?: Partial<CcxtBrokerOptions>;
}

/** For a fault that leaves a request without an answer: long enough for every other one on a busy machine. */
export const IMPATIENT: Partial<ConnectionOptions> = {timeoutMs: 1500};

/** Connects a broker to a test exchange of its own; both go with the test. */
export async function openBroker(options: TestBrokerOptions = {}): Promise<TestBroker> {
  const history = new MarketHistory({listedMs: START_MS - 1000 * TIMEFRAME_MS});
  const venue = new BinanceVenue(
    {[SYMBOL]: history, 'ETH/USDT': history},
    {filters: {...FILTERS, stepSize: '0.001', minQty: '0.001'}, price: '100', ...options},
  );
  const exchange = await TestExchange.start(venue, START_MS + TIMEFRAME_MS);
  const troubles: DlTradeError[] = [];
  const clock = {aheadMs: 0};
  const pass = (ms: number): Promise<void> => {
    exchange.nowMs += ms;
    return Promise.resolve();
  };
  const reopen = async (): Promise<CcxtBroker> => {
    const {connection} = await connect(exchange, {
      ...{paced: false, credentials: API_KEY, nowMs: () => exchange.nowMs + clock.aheadMs, wait: pass},
      ...options.connection,
    });
    return await CcxtBroker.open(connection, {
      symbol: options.symbol ?? SYMBOL,
      onTrouble: (error) => troubles.push(error),
      wait: pass,
      ...options.broker,
    });
  };
  return {broker: await reopen(), venue, exchange, clock, troubles, reopen};
}

/** As the contract of a broker wants it: time goes on with the candles, and an order fills when the next one closes. */
export async function brokerOfCandles(): Promise<Broker> {
  const {broker, venue, exchange} = await openBroker({broker: {stops: true}});
  venue.orders.behaviour.fillAfterMs = 1000;
  return {
    name: broker.name,
    submit: (order) => broker.submit(order),
    query: (id, symbol) => broker.query(id, symbol),
    cancel: (id, symbol) => broker.cancel(id, symbol),
    settle: ({openTimeMs, close}: Candle) => {
      venue.price = String(close);
      // A stop that is reached sells a while later.
      venue.orders.tick(exchange.nowMs);
      exchange.nowMs = Math.max(exchange.nowMs, openTimeMs + TIMEFRAME_MS);
      return broker.settle();
    },
  };
}
