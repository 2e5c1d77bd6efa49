import {describe, expect, it} from 'vitest';
import type {Candle} from '../../../src/domain/candle.js';
import type {OrderTerms} from '../../../src/domain/order.js';
import type {BrokerEvent} from '../../../src/execution/broker.js';
import type {PaperOptions, PaperRecord} from '../../../src/execution/paper-book.js';
import {PaperBroker} from '../../../src/execution/paper-broker.js';
import {
  RULES,
  SYMBOL,
  TIMEFRAME_MS,
  approved,
  candleAt,
  d,
  fill,
  openTime,
  report,
  terms,
} from '../../support/trading.js';

const base: PaperOptions = {rules: RULES, timeframeMs: TIMEFRAME_MS};

/** A venue that holds one order of 1 at 100, decided on candle 0. */
async function holding(
  changes: Partial<PaperOptions> = {},
  order: Partial<OrderTerms> = {},
): Promise<PaperBroker> {
  const broker = new PaperBroker({...base, ...changes});
  await broker.submit(approved(order));
  return broker;
}

async function settle(broker: PaperBroker, candles: readonly Candle[]): Promise<BrokerEvent[]> {
  const events: BrokerEvent[] = [];
  for (const candle of candles) events.push(...(await broker.settle(candle)));
  return events;
}

/** `fill 0.4 @ 100.02` and `expired 0.4`, for reading. */
function story(events: readonly BrokerEvent[]): string[] {
  return events.map((event) =>
    event.kind === 'fill'
      ? `fill ${event.fill.quantityBase.toFixed()} @ ${event.fill.price.toFixed()}`
      : `${event.report.status} ${event.report.filledBase.toFixed()}`,
  );
}

function balances({balances: {quote, base: held}}: PaperBroker): string {
  return `${quote.toFixed()} + ${held.toFixed()}`;
}

const thin = (index: number): Candle => candleAt(index, 100, {volume: 4});

describe('PaperBroker', () => {
  it('fills at the open of the next candle, slipped, with the fee', async () => {
    const broker = await holding();
    expect(await settle(broker, [candleAt(1, 101, {close: 150, high: 150})])).toEqual([
      {
        kind: 'fill',
        fill: {
          fillId: 'dlt-1-0',
          clientOrderId: 'dlt-1',
          symbol: SYMBOL,
          side: 'buy',
          quantityBase: d(1),
          price: d('101.03'),
          fee: d('0.10103'),
          feeCurrency: 'quote',
          timeMs: openTime(1),
        },
      },
      {
        kind: 'order',
        report: {clientOrderId: 'dlt-1', venueOrderId: 'paper-dlt-1', status: 'filled', filledBase: d(1)},
      },
    ]);
    expect(balances(broker)).toBe('9898.86897 + 1');
  });

  it('does not fill on the candle that was decided on, nor on an earlier one', async () => {
    const broker = await holding({}, {openTimeMs: openTime(5)});
    expect(await settle(broker, [candleAt(4, 100), candleAt(5, 100)])).toEqual([]);
    expect(story(await settle(broker, [candleAt(6, 100)]))).toEqual(['fill 1 @ 100.02', 'filled 1']);
  });

  it('takes a share of the volume and carries the rest over', async () => {
    const broker = await holding();
    expect(story(await settle(broker, [thin(1), thin(2), thin(3)]))).toEqual([
      ...['fill 0.4 @ 100.02', 'partially-filled 0.4'],
      ...['fill 0.4 @ 100.02', 'partially-filled 0.8'],
      ...['fill 0.2 @ 100.02', 'filled 1'],
    ]);
  });

  it('shares the volume of a candle among orders, first come first served', async () => {
    const broker = await holding({}, {quantityBase: d('0.3')});
    await broker.submit(approved({clientOrderId: 'dlt-2', quantityBase: d('0.3')}));
    expect(story(await settle(broker, [thin(1)]))).toEqual([
      ...['fill 0.3 @ 100.02', 'filled 0.3'],
      ...['fill 0.1 @ 100.02', 'partially-filled 0.1'],
    ]);
  });

  it('fills nothing on a candle that nobody traded, and goes on behind it', async () => {
    const broker = await holding();
    expect(await settle(broker, [candleAt(1, 100, {filled: true}), candleAt(2, 100, {volume: 0})])).toEqual(
      [],
    );
    expect(story(await settle(broker, [candleAt(3, 100)]))).toEqual(['fill 1 @ 100.02', 'filled 1']);
  });

  it('lets the rest expire after some candles', async () => {
    const broker = await holding({expireAfterCandles: 2});
    expect(story(await settle(broker, [thin(1), thin(2), thin(3)]))).toEqual([
      ...['fill 0.4 @ 100.02', 'partially-filled 0.4'],
      ...['fill 0.4 @ 100.02', 'partially-filled 0.8', 'expired 0.8'],
    ]);
    expect(broker.idle).toBe(true);
  });

  it('does not fill behind a gap', async () => {
    expect(story(await settle(await holding(), [candleAt(3, 100, {afterGap: true})]))).toEqual(['expired 0']);
    expect(story(await settle(await holding(), [candleAt(9, 100)]))).toEqual(['expired 0']);
  });

  it('rejects at the open what the balance no longer covers', async () => {
    const broker = await holding({}, {quantityBase: d(99)});
    expect(story(await settle(broker, [candleAt(1, 102)]))).toEqual(['rejected 0']);
    expect(balances(broker)).toBe('10000 + 0');
  });

  it('keeps what was filled where the balance does not cover the rest', async () => {
    const broker = await holding({}, {quantityBase: d(99)});
    const events = await settle(broker, [candleAt(1, 100, {volume: 500}), candleAt(2, 110)]);
    expect(story(events)).toEqual(['fill 50 @ 100.02', 'partially-filled 50', 'expired 50']);
  });

  it('pays in base what it is asked to', async () => {
    const broker = await holding({feeIn: 'received'});
    await settle(broker, [candleAt(1, 100)]);
    expect(balances(broker)).toBe('9899.98 + 0.999');
    const oneLot = terms({clientOrderId: 'dlt-2', side: 'sell', openTimeMs: openTime(1)});
    expect(await broker.submit(approved(oneLot))).toMatchObject({
      status: 'rejected',
      reason: 'insufficient balance',
    });
  });

  it('sells what is not held only where shorts are allowed', async () => {
    const broker = await holding({allowShorts: true}, {side: 'sell'});
    expect(story(await settle(broker, [candleAt(1, 100)]))).toEqual(['fill 1 @ 99.98', 'filled 1']);
    expect(balances(broker)).toBe('10099.88002 + -1');
  });

  it('rejects another symbol and a quantity of zero', async () => {
    const broker = new PaperBroker(base);
    expect(await broker.submit(approved({symbol: 'ETH/USDT'}))).toMatchObject({
      reason: 'unknown symbol ETH/USDT',
    });
    const nothing = approved({clientOrderId: 'dlt-2', quantityBase: d(0)});
    expect(await broker.submit(nothing)).toMatchObject({reason: 'quantity below the minimum'});
  });

  it('starts from the balances that it is given', () => {
    expect(balances(new PaperBroker({...base, startingQuote: d(5), startingBase: d(7)}))).toBe('5 + 7');
  });

  it.each<[string, Partial<PaperOptions>]>([
    ['feeBps', {feeBps: -1}],
    ['slippageBps', {slippageBps: NaN}],
    ['maxParticipation', {maxParticipation: 0}],
    ['expireAfterCandles', {expireAfterCandles: 1.5}],
    ['timeframeMs', {timeframeMs: 0}],
    ['startingQuote', {startingQuote: d(NaN)}],
    ['startingBase', {startingBase: d(-1)}],
  ])('refuses a %s out of range', (name, changes) => {
    expect(() => new PaperBroker({...base, ...changes})).toThrow(
      new RegExp(`paper\\.${name} was ".*", want`),
    );
  });
});

describe('PaperBroker.restore', () => {
  const order: PaperRecord = {kind: 'order', order: terms()};
  const half: PaperRecord = {
    kind: 'fill',
    fill: fill({
      fillId: 'dlt-1-0',
      quantityBase: d('0.4'),
      price: d('100.02'),
      fee: d('0.040008'),
      timeMs: openTime(1),
    }),
  };

  it('sends an order that was on disk and never left', async () => {
    const broker = PaperBroker.restore(base, [order]);
    expect(story(await settle(broker, [candleAt(1, 100)]))).toEqual(['fill 1 @ 100.02', 'filled 1']);
  });

  it('goes on with the next fill where an order was filled in part', async () => {
    const broker = PaperBroker.restore(base, [order, half]);
    expect(balances(broker)).toBe('9959.951992 + 0.4');
    const events = await settle(broker, [thin(1), candleAt(2, 100)]);
    expect(story(events)).toEqual(['fill 0.6 @ 100.02', 'filled 1']);
    expect(events[0]).toMatchObject({fill: {fillId: 'dlt-1-1'}});
  });

  it('remembers what a candle has given already', async () => {
    const second: PaperRecord = {kind: 'order', order: terms({clientOrderId: 'dlt-2'})};
    const broker = PaperBroker.restore(base, [order, second, half]);
    expect(story(await settle(broker, [candleAt(1, 100, {volume: 6})]))).toEqual([
      'fill 0.2 @ 100.02',
      'partially-filled 0.2',
    ]);
  });

  it('leaves ended what had ended, and takes a record twice for once', async () => {
    const canceled: PaperRecord = {kind: 'report', report: report('canceled', {filledBase: d('0.4')})};
    const broker = PaperBroker.restore(base, [order, order, half, half, canceled, canceled]);
    expect(broker.idle).toBe(true);
    expect(balances(broker)).toBe('9959.951992 + 0.4');
    expect(await broker.query('dlt-1', SYMBOL)).toMatchObject({status: 'canceled', filledBase: d('0.4')});
  });

  it('refuses a journal that holds a fill or a report without its order', () => {
    expect(() => PaperBroker.restore(base, [half])).toThrow(/no such order/);
    expect(() => PaperBroker.restore(base, [{kind: 'report', report: report('open')}])).toThrow(
      /no such order/,
    );
  });
});
