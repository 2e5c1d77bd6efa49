import {describe, expect, it} from 'vitest';
import {DlTradeError} from '../../src/domain/errors.js';
import type {ApprovedOrder} from '../../src/domain/order.js';
import type {Broker, BrokerEvent} from '../../src/execution/broker.js';
import {OrderTracker} from '../../src/execution/order-tracker.js';
import {SYMBOL, approved, candleAt, d, openTime, terms} from '../support/trading.js';

/** A venue under test: 10,000 quote, no base, BTC/USDT with the rules of test/support, liquid. */
export type MakeBroker = () => Broker | Promise<Broker>;

/** What every venue keeps: a new broker registers in one line. */
export function keepsTheBrokerContract(name: string, make: MakeBroker): void {
  const submitted = async (changes: Parameters<typeof approved>[0] = {}): Promise<Broker> => {
    const broker = await make();
    await broker.submit(approved(changes));
    return broker;
  };
  const settleUntilQuiet = async (broker: Broker): Promise<BrokerEvent[]> => {
    const events: BrokerEvent[] = [];
    for (let index = 1; index <= 4; index += 1) events.push(...(await broker.settle(candleAt(index, 100))));
    return events;
  };

  describe(`${name} as a Broker`, () => {
    it('has a name', async () => {
      expect((await make()).name).toMatch(/\S/);
    });

    it('refuses an order that no risk audit approved, and remembers nothing of it', async () => {
      const broker = await make();
      await expect(broker.submit(terms() as ApprovedOrder)).rejects.toThrow(DlTradeError);
      expect(await broker.query('dlt-1', SYMBOL)).toBeUndefined();
      expect(await settleUntilQuiet(broker)).toEqual([]);
    });

    it('answers a submit with a report of that order', async () => {
      const broker = await make();
      const report = await broker.submit(approved());
      expect(report.clientOrderId).toBe('dlt-1');
      expect(['open', 'partially-filled', 'filled']).toContain(report.status);
    });

    it('finds an order by its client id', async () => {
      const broker = await submitted();
      expect((await broker.query('dlt-1', SYMBOL))?.clientOrderId).toBe('dlt-1');
    });

    it('has never heard of an order that was not sent', async () => {
      const broker = await submitted();
      expect(await broker.query('dlt-9', SYMBOL)).toBeUndefined();
      expect(await broker.query('dlt-1', 'ETH/USDT')).toBeUndefined();
      expect(await broker.cancel('dlt-9', SYMBOL)).toBeUndefined();
    });

    it('never places an order twice', async () => {
      const broker = await submitted();
      await broker.submit(approved());
      const fills = (await settleUntilQuiet(broker)).filter(({kind}) => kind === 'fill');
      expect(fills.length).toBe(1);
      await broker.submit(approved());
      expect(await settleUntilQuiet(broker)).toEqual([]);
    });

    it('tells every fill once, and a final report after the last one', async () => {
      const broker = await submitted();
      const events = await settleUntilQuiet(broker);
      const last = events.at(-1);
      expect(last).toMatchObject({kind: 'order', report: {clientOrderId: 'dlt-1', status: 'filled'}});
      const fills = events.flatMap((event) => (event.kind === 'fill' ? [event.fill] : []));
      expect(fills.reduce((sum, {quantityBase}) => sum.plus(quantityBase), d(0)).toFixed()).toBe('1');
      expect(new Set(fills.map(({fillId}) => fillId)).size).toBe(fills.length);
      for (const fill of fills) {
        expect(fill).toMatchObject({clientOrderId: 'dlt-1', symbol: SYMBOL, side: 'buy'});
        expect(fill.price.gt(0) && fill.fee.gte(0)).toBe(true);
        expect(fill.timeMs).toBeGreaterThanOrEqual(openTime(1));
      }
    });

    it('rejects, and does not throw, what it cannot take', async () => {
      const broker = await make();
      const tooLarge = await broker.submit(approved({clientOrderId: 'dlt-2', quantityBase: d(101)}));
      const tooSmall = await broker.submit(approved({clientOrderId: 'dlt-3', quantityBase: d('0.049')}));
      const offLot = await broker.submit(approved({clientOrderId: 'dlt-4', quantityBase: d('1.00001')}));
      const notHeld = await broker.submit(approved({clientOrderId: 'dlt-5', side: 'sell'}));
      for (const report of [tooLarge, tooSmall, offLot, notHeld]) {
        expect(report).toMatchObject({status: 'rejected', filledBase: d(0)});
        expect(report.reason).toMatch(/\S/);
      }
      expect(await settleUntilQuiet(broker)).toEqual([]);
    });

    it('cancels what has not been filled', async () => {
      const broker = await submitted();
      expect(await broker.cancel('dlt-1', SYMBOL)).toMatchObject({status: 'canceled', filledBase: d(0)});
      expect((await settleUntilQuiet(broker)).filter(({kind}) => kind === 'fill')).toEqual([]);
      expect(await broker.query('dlt-1', SYMBOL)).toMatchObject({status: 'canceled'});
    });

    it('answers a cancel that came too late with what really happened', async () => {
      const broker = await submitted();
      await settleUntilQuiet(broker);
      expect(await broker.cancel('dlt-1', SYMBOL)).toMatchObject({status: 'filled', filledBase: d(1)});
    });

    /** Holds 2, but for a fee, with a stop for 1 of it at 95. */
    const protectedAt95 = async (): Promise<Broker> => {
      const broker = await submitted({quantityBase: d(2)});
      for (const index of [1, 2]) await broker.settle(candleAt(index, 100));
      const stop = {type: 'stop', side: 'sell', reduceOnly: true, stopPrice: d(95)} as const;
      const report = await broker.submit(
        approved({...stop, clientOrderId: 'dlt-stop', openTimeMs: openTime(2)}),
      );
      expect(report).toMatchObject({clientOrderId: 'dlt-stop', status: 'open'});
      return broker;
    };
    const settleAt = async (broker: Broker, price: number): Promise<BrokerEvent[]> => [
      ...(await broker.settle(candleAt(3, price))),
      ...(await broker.settle(candleAt(4, price))),
    ];

    it('lets a stop rest while the market stays on its side', async () => {
      const broker = await protectedAt95();
      expect((await settleAt(broker, 95.01)).filter(({kind}) => kind === 'fill')).toEqual([]);
      expect(await broker.query('dlt-stop', SYMBOL)).toMatchObject({status: 'open', filledBase: d(0)});
    });

    it('sells at a stop that the market reaches, never better than there', async () => {
      const broker = await protectedAt95();
      const events = await settleAt(broker, 94.5);
      expect(events.at(-1)).toMatchObject({report: {clientOrderId: 'dlt-stop', status: 'filled'}});
      const fills = events.flatMap((event) => (event.kind === 'fill' ? [event.fill] : []));
      expect(fills.reduce((sum, {quantityBase}) => sum.plus(quantityBase), d(0)).toFixed()).toBe('1');
      for (const {side, price} of fills)
        expect({side, better: price.gt(94.5)}).toEqual({side: 'sell', better: false});
    });

    it('takes a stop back, and sells nothing at it any more', async () => {
      const broker = await protectedAt95();
      expect(await broker.cancel('dlt-stop', SYMBOL)).toMatchObject({status: 'canceled', filledBase: d(0)});
      expect((await settleAt(broker, 90)).filter(({kind}) => kind === 'fill')).toEqual([]);
    });

    it('answers a cancel of a stop that was reached first with what really happened', async () => {
      const broker = await protectedAt95();
      await settleAt(broker, 90);
      expect(await broker.cancel('dlt-stop', SYMBOL)).toMatchObject({status: 'filled', filledBase: d(1)});
    });

    it('sells no holding twice: what a stop may sell is not there for another order', async () => {
      const broker = await protectedAt95();
      const second = await broker.submit(
        approved({clientOrderId: 'dlt-7', side: 'sell', quantityBase: d('1.5'), openTimeMs: openTime(2)}),
      );
      expect(second.status).toBe('rejected');
    });

    it('rejects a stop whose price is off the tick', async () => {
      const broker = await protectedAt95();
      const stop = {type: 'stop', side: 'sell', reduceOnly: true, stopPrice: d('90.001')} as const;
      const report = await broker.submit(approved({...stop, clientOrderId: 'dlt-8'}));
      expect(report).toMatchObject({status: 'rejected'});
      expect(report.reason).toMatch(/tick|multiple/);
    });

    it('tells a story that the order state machine follows', async () => {
      const broker = await make();
      const tracker = new OrderTracker();
      tracker.created(approved());
      tracker.report(await broker.submit(approved()));
      for (const event of await settleUntilQuiet(broker)) {
        if (event.kind === 'order') tracker.report(event.report);
      }
      const queried = await broker.query('dlt-1', SYMBOL);
      expect(tracker.report(queried!).news).toBe('duplicate');
      expect(tracker.pending).toEqual([]);
    });
  });
}
