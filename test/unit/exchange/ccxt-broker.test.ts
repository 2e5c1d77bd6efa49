import {describe, expect, it} from 'vitest';
import {stampApproved} from '../../../src/domain/approval.js';
import type {OrderReport} from '../../../src/domain/order.js';
import {CcxtBroker} from '../../../src/exchange/ccxt-broker.js';
import type {BrokerEvent} from '../../../src/execution/broker.js';
import {OrderTracker} from '../../../src/execution/order-tracker.js';
import {rejected} from '../../support/caught.js';
import {connect} from '../../support/test-exchange/connect.js';
import {HTML, binanceError} from '../../support/test-exchange/faults.js';
import type {Fault} from '../../support/test-exchange/faults.js';
import {startBinance} from '../../support/test-exchange/markets.js';
import {IMPATIENT, openBroker} from '../../support/test-exchange/open-broker.js';
import type {TestBroker} from '../../support/test-exchange/open-broker.js';
import {SYMBOL, approved, d, terms} from '../../support/trading.js';

const ORDER = '/api/v3/order';
const SEND = `POST ${ORDER}`;
const HOUR_MS = 3_600_000;

const isUnanswered = ({kind}: Fault): boolean => ['silent', 'stalled', 'late'].includes(kind);

function reportsOf(events: readonly BrokerEvent[]): OrderReport[] {
  return events.flatMap((event) => (event.kind === 'order' ? [event.report] : []));
}

function filledOf(events: readonly BrokerEvent[]): string {
  return events
    .flatMap((event) => (event.kind === 'fill' ? [event.fill] : []))
    .reduce((sum, {quantityBase}) => sum.plus(quantityBase), d(0))
    .toFixed();
}

/** All news until the order is over, an hour apart, and the order's life as the state machine saw it. */
async function live({broker, exchange}: TestBroker): Promise<{first: OrderReport; events: BrokerEvent[]}> {
  const tracker = new OrderTracker();
  tracker.created(approved());
  const first = await broker.submit(approved());
  tracker.report(first);
  const events: BrokerEvent[] = [];
  for (let index = 0; index < 4; index++) {
    exchange.nowMs += HOUR_MS;
    for (const event of await broker.news()) {
      events.push(event);
      if (event.kind === 'order') tracker.report(event.report);
    }
  }
  expect(tracker.pending).toEqual([]);
  return {first, events};
}

describe('CcxtBroker.submit, where the order was taken but the answer spoilt', () => {
  const faults: Readonly<Record<string, Fault>> = {
    'the connection is lost': {kind: 'dropped', when: 'after'},
    'no answer comes': {kind: 'silent'},
    'the body is cut': {kind: 'cut'},
    'the body stalls': {kind: 'stalled'},
    'the body is truncated': {kind: 'truncated'},
    'the body is empty': {kind: 'answer', body: ''},
    'the body is HTML': {kind: 'answer', body: HTML},
    'the body is garbage': {kind: 'answer', body: '\u0000\ufffd{]'},
    'the body is {}': {kind: 'answer', body: '{}'},
    'the body is null': {kind: 'answer', body: 'null'},
    'the body is of another kind': {kind: 'answer', body: '{"serverTime":1}'},
    'the body is another order': {
      kind: 'rewrite',
      change: (body) => ({...(body as object), clientOrderId: 'dlt-2'}),
    },
    'the body is another quantity': {
      kind: 'rewrite',
      change: (body) => ({...(body as object), origQty: '2'}),
    },
    'a proxy says 502': {kind: 'answer', status: 502, body: HTML},
    'a proxy says 504': {kind: 'answer', status: 504, body: HTML},
    'a server says 500 in JSON': {kind: 'answer', status: 500, body: binanceError(-1, 'Internal error')},
    'a server says 503 and that it does not know': {
      kind: 'answer',
      status: 503,
      body: '{"msg":"Unknown error, please check your request or try again later."}',
    },
    'it says -1006': {kind: 'answer', status: 400, body: binanceError(-1006, 'Unexpected response')},
    'it says -1007': {kind: 'answer', status: 400, body: binanceError(-1007, 'Timeout waiting')},
    'it says 429': {kind: 'answer', status: 429, body: '{}', headers: {'retry-after': '1'}},
    'something between sent it twice': {
      kind: 'answer',
      status: 400,
      body: binanceError(-2010, 'Duplicate order sent.'),
    },
  };
  it.each(Object.keys(faults))('finds it there, and sends nothing more, where %s', async (name) => {
    const fault = faults[name]!;
    const test = await openBroker(isUnanswered(fault) ? {connection: IMPATIENT} : {});
    test.exchange.fail(SEND, fault);
    const {first, events} = await live(test);
    expect(first.status).toBe('unknown');
    expect(first.reason).toMatch(/\S/);
    expect(filledOf(events)).toBe('1');
    expect(events.at(-1)).toMatchObject({kind: 'order', report: {status: 'filled'}});
    expect(test.exchange.count(SEND)).toBe(1);
    expect(test.venue.orders.taken.length).toBe(1);
  });
});

describe('CcxtBroker.submit, where the order was not taken', () => {
  it('calls an order absent once it can no longer arrive, where the connection was lost before', async () => {
    const test = await openBroker();
    test.exchange.fail(SEND, {kind: 'dropped', when: 'before'});
    const {first, events} = await live(test);
    expect(first.status).toBe('unknown');
    expect(reportsOf(events)).toMatchObject([
      {status: 'expired', reason: expect.stringContaining('absent') as string},
    ]);
    expect(test.venue.orders.taken).toEqual([]);
    expect(test.exchange.count(SEND)).toBe(1);
  });

  it('rejects an order that never left, and says so', async () => {
    const {broker, exchange, venue} = await openBroker();
    await exchange.stop();
    // A socket that was open may take what nobody reads any more, and that is unknown.
    await rejected(broker.balances());
    const report = await broker.submit(approved());
    expect(report).toMatchObject({
      status: 'rejected',
      reason: expect.stringMatching(/^not sent: .*ECONNREFUSED/) as string,
    });
    expect(venue.orders.taken).toEqual([]);
  });

  it.each([
    [
      'too little balance',
      400,
      binanceError(-2010, 'Account has insufficient balance for requested action.'),
    ],
    ['a filter', 400, binanceError(-1013, 'Filter failure: LOT_SIZE')],
    ['the minimum notional', 400, binanceError(-1013, 'Filter failure: NOTIONAL')],
    ['a signature', 400, binanceError(-1022, 'Signature for this request is not valid.')],
    ['the symbol', 400, binanceError(-1121, 'Invalid symbol.')],
  ])('rejects what the exchange refuses for %s, with its words', async (_, status, body) => {
    const {broker, exchange} = await openBroker();
    exchange.fail(SEND, {kind: 'refused', status, body});
    const report = await broker.submit(approved());
    expect(report).toMatchObject({status: 'rejected', filledBase: d(0)});
    expect(report.reason).toContain((JSON.parse(body) as {msg: string}).msg);
    expect(await broker.news()).toEqual([]);
  });

  it.each([
    [
      'of a key that has worked before',
      401,
      binanceError(-2015, 'Invalid API-key, IP, or permissions for action.'),
    ],
    ['of a time', 400, binanceError(-1021, 'Timestamp for this request is outside of the recvWindow.')],
    ['that is a ban', 418, '{}'],
    ['that is too many orders', 429, binanceError(-1015, 'Too many new orders.')],
  ])('takes a refusal %s for unknown, and finds that the order is not there', async (_, status, body) => {
    const test = await openBroker();
    await test.broker.balances();
    test.exchange.fail(SEND, {kind: 'refused', status, body});
    const {first, events} = await live(test);
    expect(first.status).toBe('unknown');
    expect(reportsOf(events).map(({status}) => status)).toEqual(['expired']);
    expect(test.exchange.count(SEND)).toBe(1);
  });

  it('asks nothing while it is banned, and rejects orders without sending them', async () => {
    const {broker, exchange, troubles} = await openBroker();
    exchange.fail(SEND, {kind: 'refused', status: 418, body: '{}', headers: {'retry-after': '600'}});
    await broker.submit(approved());
    const asked = exchange.requests.length;
    const second = await broker.submit(approved({clientOrderId: 'dlt-2'}));
    expect(second).toMatchObject({
      status: 'rejected',
      reason: expect.stringMatching(/^not sent: .*600 s/) as string,
    });
    expect(await broker.news()).toEqual([]);
    expect(exchange.requests.length).toBe(asked);
    expect(troubles.map(({code}) => code)).toContain('EXCHANGE_RATE_LIMITED');
    exchange.nowMs += 601_000;
    expect((await broker.submit(approved({clientOrderId: 'dlt-3'}))).status).toBe('open');
    expect(reportsOf(await broker.news()).map(({status}) => status)).toEqual(['expired', 'filled']);
  });

  it('sends nothing where the clocks cannot be compared', async () => {
    const {broker, exchange} = await openBroker();
    exchange.nowMs += HOUR_MS;
    exchange.fail('/api/v3/time', {kind: 'answer', status: 503, body: HTML}, {times: 9});
    expect(await broker.submit(approved())).toMatchObject({
      status: 'rejected',
      reason: expect.stringMatching(/^not sent: /) as string,
    });
    expect(exchange.count(SEND)).toBe(0);
  });

  it('sends nothing of a symbol that it does not trade', async () => {
    const {broker, exchange} = await openBroker();
    const report = await broker.submit(approved({symbol: 'ETH/USDT'}));
    expect(report).toMatchObject({status: 'rejected', reason: expect.stringContaining('ETH/USDT') as string});
    expect(exchange.count(SEND)).toBe(0);
  });
});

describe('CcxtBroker, where an order shows late', () => {
  it('waits for one that is taken after our timeout', async () => {
    const {broker, exchange, venue} = await openBroker({connection: IMPATIENT});
    exchange.fail(SEND, {kind: 'late', afterMs: 4000});
    expect((await broker.submit(approved())).status).toBe('unknown');
    expect(await broker.news()).toEqual([]);
    exchange.nowMs += 4000;
    expect(filledOf(await broker.news())).toBe('1');
    expect(venue.orders.taken.length).toBe(1);
  });

  it('waits in a query until the order shows', async () => {
    const {broker, exchange} = await openBroker({connection: IMPATIENT});
    exchange.fail(SEND, {kind: 'late', afterMs: 4000});
    await broker.submit(approved());
    expect(await broker.query('dlt-1', SYMBOL)).toMatchObject({status: 'open', venueOrderId: '1000'});
  });

  it('does not give up an order that it has seen taken', async () => {
    const {broker, exchange, venue} = await openBroker();
    venue.orders.behaviour.hiddenMs = HOUR_MS;
    expect((await broker.submit(approved())).status).toBe('open');
    exchange.nowMs += HOUR_MS / 2;
    expect(await broker.news()).toEqual([]);
    expect(await broker.query('dlt-1', SYMBOL)).toMatchObject({status: 'open'});
    exchange.nowMs += HOUR_MS;
    expect(filledOf(await broker.news())).toBe('1');
  });

  it('takes back that it gave up one, where the exchange hid it for longer than it may', async () => {
    const {broker, exchange, venue} = await openBroker();
    venue.orders.behaviour.hiddenMs = 20_000;
    const tracker = new OrderTracker();
    tracker.created(approved());
    exchange.fail(SEND, {kind: 'dropped', when: 'after'});
    tracker.report(await broker.submit(approved()));
    exchange.nowMs += 11_000;
    const [absent] = reportsOf(await broker.news());
    expect(absent).toMatchObject({status: 'expired'});
    tracker.report(absent!);
    exchange.nowMs += 10_000;
    const late = await broker.news();
    expect(filledOf(late)).toBe('1');
    const [filled] = reportsOf(late);
    expect(tracker.report(filled!).news).toBe('corrected');
  });

  it('tells as news what only a query had found', async () => {
    const {broker, exchange} = await openBroker();
    exchange.fail(SEND, {kind: 'dropped', when: 'before'});
    await broker.submit(approved());
    expect(await broker.cancel('dlt-1', SYMBOL)).toBeUndefined();
    expect(reportsOf(await broker.news())).toMatchObject([{clientOrderId: 'dlt-1', status: 'expired'}]);
    expect(await broker.news()).toEqual([]);
  });

  it('stops asking for an order that it gave up an hour ago', async () => {
    const {broker, exchange} = await openBroker();
    exchange.fail(SEND, {kind: 'dropped', when: 'before'});
    await broker.submit(approved());
    for (let hours = 0; hours < 3; hours++) {
      exchange.nowMs += HOUR_MS;
      await broker.news();
    }
    const asked = exchange.requests.length;
    expect(await broker.news()).toEqual([]);
    expect(exchange.requests.length).toBe(asked);
  });
});

describe('CcxtBroker.news', () => {
  it('tells partial fills as they come, each once, and the end behind the last', async () => {
    const {broker, exchange, venue} = await openBroker();
    Object.assign(venue.orders.behaviour, {fillParts: 3, fillAfterMs: 1000, fillEveryMs: 60_000});
    await broker.submit(approved());
    const seen: [string, string | undefined][] = [];
    for (let index = 0; index < 5; index++) {
      exchange.nowMs += 60_000;
      const events = await broker.news();
      seen.push([filledOf(events), reportsOf(events)[0]?.status]);
    }
    expect(seen).toEqual([
      ['0.333', 'partially-filled'],
      ['0.333', 'partially-filled'],
      ['0.334', 'filled'],
      ['0', undefined],
      ['0', undefined],
    ]);
  });

  it('tells what was filled of an order whose rest expired', async () => {
    const {broker, venue} = await openBroker();
    venue.orders.behaviour.fillAtMost = '0.4';
    await broker.submit(approved());
    const events = await broker.news();
    expect(filledOf(events)).toBe('0.4');
    expect(events.at(-1)).toMatchObject({
      kind: 'order',
      report: {status: 'expired', filledBase: d('0.4'), venueOrderId: '1000'},
    });
  });

  it('holds the end back until the trades show', async () => {
    const {broker, exchange} = await openBroker();
    await broker.submit(approved());
    exchange.fail('/api/v3/myTrades', {kind: 'answer', body: '[]'});
    expect(await broker.news()).toEqual([]);
    const events = await broker.news();
    expect(events.map(({kind}) => kind)).toEqual(['fill', 'order']);
  });

  it('has none while the exchange cannot be asked, and says why', async () => {
    const {broker, exchange, troubles} = await openBroker();
    await broker.submit(approved());
    exchange.fail(ORDER, {kind: 'answer', status: 503, body: HTML}, {times: 7});
    expect(await broker.news()).toEqual([]);
    expect(troubles).toMatchObject([{code: 'EXCHANGE_FAILED'}]);
    expect(filledOf(await broker.news())).toBe('1');
  });

  it.each<[string, string, (body: unknown) => unknown]>([
    ['a fill of more than was ordered', ORDER, (body) => ({...(body as object), executedQty: '1.5'})],
    ['no quantity filled', ORDER, (body) => ({...(body as object), executedQty: undefined})],
    ['a quantity that is none', ORDER, (body) => ({...(body as object), origQty: 'many'})],
    ['another side', ORDER, (body) => ({...(body as object), side: 'SELL'})],
    ['an unheard-of status', ORDER, (body) => ({...(body as object), status: 'PONDERING'})],
    [
      'a rejection of what was filled',
      ORDER,
      (body) => ({...(body as object), status: 'REJECTED', executedQty: '0.5'}),
    ],
    [
      'trades of another side',
      '/api/v3/myTrades',
      (body) => (body as object[]).map((row) => ({...row, isBuyer: false})),
    ],
    [
      'trades of too much',
      '/api/v3/myTrades',
      (body) => (body as object[]).map((row) => ({...row, qty: '1.5'})),
    ],
    [
      'trades without a price',
      '/api/v3/myTrades',
      (body) => (body as object[]).map((row) => ({...row, price: '0'})),
    ],
  ])('believes nothing of an order with %s', async (_, path, change) => {
    const {broker, exchange, troubles} = await openBroker();
    await broker.submit(approved());
    exchange.fail(path, {kind: 'rewrite', change}, {times: 3});
    expect(await broker.news()).toEqual([]);
    expect(troubles).toMatchObject([{code: 'EXCHANGE_ANSWER_INVALID'}]);
    expect(filledOf(await broker.news())).toBe('1');
  });

  it('reads an order of more trades than a page holds to its end', async () => {
    const {broker, venue} = await openBroker();
    Object.assign(venue.orders.behaviour, {fillParts: 2500, fillEveryMs: 0});
    await broker.submit(approved({quantityBase: d('5')}));
    const events = await broker.news();
    expect(filledOf(events)).toBe('5');
    expect(events.filter(({kind}) => kind === 'fill').length).toBe(2500);
  });
});

describe('CcxtBroker.cancel', () => {
  it('says what was filled before, once the fills have been told', async () => {
    const {broker, exchange, venue} = await openBroker();
    Object.assign(venue.orders.behaviour, {fillParts: 2, fillEveryMs: HOUR_MS});
    await broker.submit(approved());
    expect(await broker.cancel('dlt-1', SYMBOL)).toMatchObject({status: 'open'});
    const events = await broker.news();
    expect(filledOf(events)).toBe('0.5');
    expect(events.at(-1)).toMatchObject({report: {status: 'canceled', filledBase: d('0.5')}});
    expect(exchange.count(`DELETE ${ORDER}`)).toBe(1);
  });

  it('finds an order that fills between the cancel and its answer', async () => {
    const {broker, venue, troubles} = await openBroker();
    Object.assign(venue.orders.behaviour, {fillAfterMs: HOUR_MS, fillBeforeCancel: true});
    await broker.submit(approved());
    expect(await broker.cancel('dlt-1', SYMBOL)).toMatchObject({status: 'open'});
    expect(filledOf(await broker.news())).toBe('1');
    expect(await broker.cancel('dlt-1', SYMBOL)).toMatchObject({status: 'filled', filledBase: d(1)});
    expect(troubles).toMatchObject([{code: 'EXCHANGE_FAILED', outcome: 'rejected'}]);
  });

  it.each<Fault>([{kind: 'dropped', when: 'after'}, {kind: 'silent'}, {kind: 'answer', body: HTML}])(
    'asks how the order stands where the answer is lost: %j',
    async (fault) => {
      const connection = isUnanswered(fault) ? IMPATIENT : {};
      const {broker, exchange, venue} = await openBroker({connection});
      venue.orders.behaviour.fillAfterMs = HOUR_MS;
      await broker.submit(approved());
      exchange.fail(`DELETE ${ORDER}`, fault);
      expect(await broker.cancel('dlt-1', SYMBOL)).toMatchObject({status: 'canceled', filledBase: d(0)});
    },
  );
});

describe('CcxtBroker, after a restart', () => {
  it('finds the order of an earlier life, and tells its fills', async () => {
    const {broker, reopen} = await openBroker();
    await broker.submit(approved());
    const second = await reopen();
    expect(await second.query('dlt-1', SYMBOL)).toMatchObject({status: 'open', filledBase: d(0)});
    const events = await second.news();
    expect(filledOf(events)).toBe('1');
    expect(reportsOf(events)).toMatchObject([{clientOrderId: 'dlt-1', status: 'filled'}]);
  });

  it('waits for one that its earlier life may have sent a moment ago', async () => {
    const {broker, exchange, reopen} = await openBroker({connection: IMPATIENT});
    exchange.fail(SEND, {kind: 'late', afterMs: 4000});
    await broker.submit(approved());
    expect(await (await reopen()).query('dlt-1', SYMBOL)).toMatchObject({status: 'open'});
  });

  it('has no news of an id that it was only asked about, and still sends an order of that id', async () => {
    const {broker, exchange} = await openBroker();
    exchange.fail(ORDER, {kind: 'answer', status: 503, body: HTML}, {times: 7});
    expect((await rejected(broker.query('dlt-1', SYMBOL))).code).toBe('EXCHANGE_FAILED');
    exchange.nowMs += HOUR_MS;
    expect(await broker.news()).toEqual([]);
    expect(await broker.query('dlt-1', SYMBOL)).toBeUndefined();
    expect(await broker.news()).toEqual([]);
    expect((await broker.submit(approved())).status).toBe('open');
    expect(filledOf(await broker.news())).toBe('1');
  });

  it('does not wait for one that it may have sent long ago', async () => {
    const {broker, exchange} = await openBroker();
    exchange.nowMs += 60_000;
    const before = exchange.nowMs;
    expect(await broker.query('dlt-1', SYMBOL)).toBeUndefined();
    expect(exchange.nowMs).toBe(before);
  });
});

describe('CcxtBroker, where the clocks disagree', () => {
  it('signs by the clock of the exchange, however wrong ours is', async () => {
    for (const nowMs of [0, 1_900_000_000_000]) {
      const {broker} = await openBroker({connection: {nowMs: () => nowMs}});
      expect((await broker.submit(approved())).status).toBe('open');
    }
  });

  it.each([-30_000, 30_000, 3_600_000])(
    'compares them again after a time was refused, ours having jumped by %d ms',
    async (aheadMs) => {
      const {broker, clock, exchange} = await openBroker();
      clock.aheadMs = aheadMs;
      expect((await broker.submit(approved())).status).toBe(aheadMs > 600_000 ? 'open' : 'unknown');
      expect((await broker.submit(approved({clientOrderId: 'dlt-2'}))).status).toBe('open');
      exchange.nowMs += 11_000;
      const ends = reportsOf(await broker.news()).map(({status}) => status);
      expect(ends).toEqual([aheadMs > 600_000 ? 'filled' : 'expired', 'filled']);
    },
  );

  it('compares them every ten minutes', async () => {
    const {broker, clock, exchange} = await openBroker();
    await broker.submit(approved());
    const compared = exchange.count('/api/v3/time');
    clock.aheadMs = 5000;
    exchange.nowMs += 600_000;
    expect((await broker.submit(approved({clientOrderId: 'dlt-2'}))).status).toBe('open');
    expect(exchange.count('/api/v3/time')).toBe(compared + 1);
  });
});

describe('CcxtBroker.open', () => {
  it('wants credentials, and names the variables', async () => {
    const {connection} = await connect(await startBinance());
    const error = await rejected(CcxtBroker.open(connection, {symbol: SYMBOL}));
    expect(error).toMatchObject({code: 'LIVE_REFUSED', exitCode: 2});
    expect(error.message).toContain('BINANCE_API_KEY and BINANCE_API_SECRET');
  });

  it.each(['gate', 'bitget'])('refuses %s, which takes market buys by cost', async (provider) => {
    const credentials = {apiKey: 'test-exchange-key', secret: 'test-exchange-secret'};
    const {connection} = await connect(await startBinance(), {provider, credentials});
    const error = await rejected(CcxtBroker.open(connection, {symbol: SYMBOL}));
    expect(error).toMatchObject({code: 'PROVIDER_UNSUPPORTED'});
    expect(error.message).toMatch(/market buys by their cost/);
  });

  it('takes no order that no risk audit approved, whatever its type says', async () => {
    const {broker, exchange} = await openBroker();
    await expect(broker.submit({...stampApproved(terms())})).rejects.toThrow(/without the approval/);
    expect(exchange.count(SEND)).toBe(0);
  });
});
