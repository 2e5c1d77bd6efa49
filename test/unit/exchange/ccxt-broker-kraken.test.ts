import {describe, expect, it} from 'vitest';
import {CcxtBroker} from '../../../src/exchange/ccxt-broker.js';
import type {ConnectionOptions} from '../../../src/exchange/ccxt-connection.js';
import type {BrokerEvent} from '../../../src/execution/broker.js';
import {PositionManager} from '../../../src/ledger/position-manager.js';
import {connect} from '../../support/test-exchange/connect.js';
import type {Fault} from '../../support/test-exchange/faults.js';
import {KrakenVenue} from '../../support/test-exchange/kraken-venue.js';
import {MarketHistory} from '../../support/test-exchange/market-history.js';
import {LISTED_MS, NOW_MS} from '../../support/test-exchange/markets.js';
import {IMPATIENT} from '../../support/test-exchange/open-broker.js';
import {TestExchange} from '../../support/test-exchange/test-exchange.js';
import {approved, d} from '../../support/trading.js';

const SYMBOL = 'BTC/USD';
const SEND = '/0/private/AddOrder';
const ID = `dlt-${'0123456789abcdef'.repeat(2)}`;
const ORDER = {clientOrderId: ID, symbol: SYMBOL};

interface Kraken {
  readonly broker: CcxtBroker;
  readonly exchange: TestExchange;
  readonly venue: KrakenVenue;
}

async function openKraken(options: Partial<ConnectionOptions> = {}): Promise<Kraken> {
  const venue = new KrakenVenue(new MarketHistory({listedMs: LISTED_MS}));
  const exchange = await TestExchange.start(venue, NOW_MS);
  const pass = (ms: number): Promise<void> => {
    exchange.nowMs += ms;
    return Promise.resolve();
  };
  const {connection} = await connect(exchange, {
    ...{provider: 'kraken', credentials: venue.signed.key, paced: false, wait: pass},
    // Kraken wants every nonce to be greater than the one before.
    nowMs: () => (exchange.nowMs += 1),
    ...options,
  });
  return {
    broker: await CcxtBroker.open(connection, {symbol: SYMBOL, stops: true, wait: pass}),
    exchange,
    venue,
  };
}

function kindsOf(events: readonly BrokerEvent[]): string[] {
  return events.map((event) => (event.kind === 'order' ? event.report.status : event.kind));
}

describe('CcxtBroker at kraken', () => {
  it('sends an id that kraken takes, and a deadline', async () => {
    const {broker, exchange} = await openKraken();
    expect(await broker.submit(approved(ORDER))).toMatchObject({clientOrderId: ID, status: 'open'});
    const body = new URLSearchParams(exchange.requests.find(({path}) => path === SEND)?.body);
    expect(Object.fromEntries(body)).toMatchObject({
      ...{cl_ord_id: ID.slice(4), ordertype: 'market', type: 'buy', volume: '1'},
    });
    const leftMs = Date.parse(body.get('deadline') ?? '') - exchange.nowMs;
    expect(leftMs).toBeGreaterThan(4000);
    expect(leftMs).toBeLessThanOrEqual(5000);
  });

  it('follows an order to its end, fees and all', async () => {
    const {broker, venue} = await openKraken();
    await broker.submit(approved(ORDER));
    const events = await broker.news();
    expect(kindsOf(events)).toEqual(['fill', 'filled']);
    const ledger = new PositionManager({symbol: SYMBOL});
    for (const event of events) if (event.kind === 'fill') ledger.apply(event.fill);
    const {account} = venue.signed.orders;
    expect(ledger.holdings.quote.toFixed()).toBe(account.total('USD').toFixed());
    expect(await broker.balances()).toEqual({base: account.total('BTC'), quote: account.total('USD')});
  });

  it('lets a stop rest there, finds it by its id, and hears what it sold', async () => {
    const {broker, exchange, venue} = await openKraken();
    await broker.submit(approved({...ORDER, quantityBase: d(2)}));
    await broker.news();
    const stopId = `dlt-${'fedcba9876543210'.repeat(2)}`;
    const stop = {type: 'stop', side: 'sell', reduceOnly: true, stopPrice: d('95.5')} as const;
    expect(await broker.submit(approved({...ORDER, ...stop, clientOrderId: stopId}))).toMatchObject({
      status: 'open',
    });
    const sent = exchange.requests.filter(({path}) => path === SEND).at(-1);
    expect(Object.fromEntries(new URLSearchParams(sent?.body))).toMatchObject({
      ...{cl_ord_id: stopId.slice(4), ordertype: 'stop-loss', type: 'sell', volume: '1', price: '95.5'},
    });
    expect(await broker.news()).toEqual([]);
    expect(await broker.query(stopId, SYMBOL)).toMatchObject({status: 'open'});
    venue.price = '95';
    expect(kindsOf(await broker.news())).toEqual(['fill', 'filled']);
  });

  it.each<[string, Fault, string[]]>([
    ['taken', {kind: 'dropped', when: 'after'}, ['fill', 'filled']],
    ['not taken', {kind: 'dropped', when: 'before'}, ['expired']],
    ['too late', {kind: 'late', afterMs: 6000}, ['expired']],
    [
      'running out of time',
      {kind: 'refused', status: 200, body: '{"error":["EService:Timeout"]}'},
      ['expired'],
    ],
  ])('finds out what became of an order without an answer: %s', async (_, fault, ends) => {
    const {broker, exchange} = await openKraken(fault.kind === 'late' ? IMPATIENT : {});
    exchange.fail(SEND, fault);
    expect((await broker.submit(approved(ORDER))).status).toBe('unknown');
    exchange.nowMs += 20_000;
    expect(kindsOf(await broker.news())).toEqual(ends);
    expect(exchange.count(SEND)).toBe(1);
  });

  it.each(['EOrder:Insufficient funds', 'EGeneral:Invalid arguments:volume minimum not met'])(
    'rejects what kraken refuses with %s',
    async (words) => {
      const {broker, exchange} = await openKraken();
      exchange.fail(SEND, {kind: 'refused', status: 200, body: JSON.stringify({error: [words]})});
      const report = await broker.submit(approved(ORDER));
      expect(report).toMatchObject({status: 'rejected', reason: expect.stringContaining(words) as string});
    },
  );

  it('cancels, and sees what others ordered, under ids of their own', async () => {
    const {broker, venue, exchange} = await openKraken();
    const {orders} = venue.signed;
    orders.behaviour.fillAfterMs = 3_600_000;
    await broker.submit(approved(ORDER));
    const foreign = {clientOrderId: 'by-hand', symbol: SYMBOL, side: 'BUY', type: 'LIMIT'};
    orders.take({...foreign, quantity: '1', price: '50'}, exchange.nowMs);
    expect((await broker.openOrders()).map(({clientOrderId}) => clientOrderId)).toEqual([ID, 'by-hand']);
    expect(await broker.cancel(ID, SYMBOL)).toMatchObject({status: 'canceled', filledBase: d(0)});
    expect(orders.taken.map(({status}) => status)).toEqual(['CANCELED', 'NEW']);
  });
});
