import {describe, expect, it} from 'vitest';
import type {Candle} from '../../../src/domain/candle.js';
import type {StepRecord} from '../../../src/engine/step-record.js';
import {TestSwitch} from '../../support/strategy.js';
import {replayScripted, scriptedPaper} from '../../support/scripted-strategy.js';
import type {ScriptedRun, Signals} from '../../support/scripted-strategy.js';
import {candleAt, d} from '../../support/trading.js';

const BUY: Signals = {0: 'buy'};
const [DECIDED, ENTERED] = [candleAt(0, 100), candleAt(1, 100)];

async function feed({strategy}: ScriptedRun, ...candles: Candle[]): Promise<StepRecord[]> {
  const records: StepRecord[] = [];
  for (const candle of candles) records.push(...(await strategy.onCandle(candle)));
  return records;
}

const fillsOf = (records: readonly StepRecord[]): string[] =>
  records.flatMap((record) =>
    record.kind === 'fill'
      ? [`${record.fill.side} ${record.fill.quantityBase.toFixed()} at ${record.fill.price.toFixed(2)}`]
      : [],
  );
const kindsOf = (records: readonly StepRecord[]): string[] => records.map(({kind}) => kind);
const resting = ({strategy}: ScriptedRun): string[] =>
  strategy.ledger
    .view()
    .pendingOrders.map(
      ({side, quantityBase, stopPrice}) =>
        `${side} ${quantityBase.toFixed()} at ${String(stopPrice?.toFixed())}`,
    );

/** The worked example of docs/risk.md: 10 bought at 100 with 2 bps of slippage, so at 100.02; 2% below that is 98.0196. */
describe('a stop that rests', () => {
  it('is placed for what has just been filled, at the stop loss on the tick above', async () => {
    const run = scriptedPaper(BUY);
    const records = await feed(run, DECIDED, ENTERED);
    expect(kindsOf(records)).toEqual(['decided', 'order', 'fill', 'order', 'stop', 'order', 'decided']);
    expect(resting(run)).toEqual(['sell 10 at 98.02']);
  });

  it('sells within the entry candle at the stop, less slippage', async () => {
    const run = scriptedPaper(BUY);
    const records = await feed(run, DECIDED, candleAt(1, 100, {low: 97, close: 99, high: 101}));
    // 98.02 x 0.9998 = 98.000396
    expect(fillsOf(records)).toEqual(['buy 10 at 100.02', 'sell 10 at 98.00']);
    // 10,000 - 1000.20 - 1.0002 + 980 - 0.98
    const cash = d('9977.8198');
    expect(run.strategy.ledger.view().cashQuote.toFixed()).toBe(cash.toFixed());
    expect(run.broker.balances.quote.toFixed()).toBe(cash.toFixed());
    expect(resting(run)).toEqual([]);
  });

  it.each([
    ['reached within a candle, at the stop', {open: 100, high: 100, low: 97, close: 99}, '98.00'],
    // 95 x 0.9998 = 94.981
    ['leapt over between two candles, at the open', {open: 95, high: 96, low: 94, close: 95.5}, '94.98'],
    [
      'leapt over behind a gap, at the open',
      {open: 95, high: 96, low: 94, close: 95.5, afterGap: true},
      '94.98',
    ],
    ['touched to the tick', {open: 100, high: 100, low: 98.02, close: 99}, '98.00'],
  ])('sells where it is %s', async (_name, changes, price) => {
    const run = scriptedPaper(BUY);
    await feed(run, DECIDED, ENTERED);
    const held = heldOf(run);
    expect(fillsOf(await feed(run, candleAt(2, 100, changes)))).toEqual([`sell ${held} at ${price}`]);
    expect(run.strategy.ledger.trades).toHaveLength(1);
  });

  it('stays where the market does not come down to it, and where nobody traded', async () => {
    const run = scriptedPaper(BUY);
    await feed(run, DECIDED, ENTERED, candleAt(2, 100, {low: 98.03}));
    await feed(run, candleAt(3, 98.5, {low: 90, volume: 0, filled: true}));
    expect(resting(run)).toHaveLength(1);
    expect(fillsOf(await feed(run, candleAt(4, 99), candleAt(14, 98.5, {afterGap: true})))).toEqual([]);
    expect(resting(run)).toHaveLength(1);
  });

  it("sells what a candle's volume does not take at the candle's low", async () => {
    const run = scriptedPaper(BUY);
    await feed(run, DECIDED, ENTERED);
    const held = d(heldOf(run));
    const records = await feed(run, candleAt(2, 100, {low: 97, close: 99, volume: 50}));
    // 10% of 50; 97 x 0.9998 = 96.9806
    expect(fillsOf(records)).toEqual(['sell 5 at 98.00', `sell ${held.minus(5).toFixed()} at 96.98`]);
  });

  it('is replaced where more is filled, and covers all that is held then', async () => {
    const run = scriptedPaper(BUY);
    const first = await feed(run, DECIDED, candleAt(1, 100, {volume: 40}));
    expect(resting(run)).toContain('sell 4 at 98.02');
    const second = await feed(run, candleAt(2, 100));
    expect(resting(run)).toEqual([`sell ${heldOf(run)} at 98.02`]);
    const ids = [...first, ...second].flatMap((record) =>
      record.kind === 'stop' ? [record.intent.decisionId] : [],
    );
    expect(ids.map((id) => id.split(':').at(-1))).toEqual(['resting-stop-0', 'resting-stop-1']);
  });

  it('is taken back before a signal sells, and nothing is sold twice', async () => {
    const run = scriptedPaper({...BUY, 2: 'sell'});
    await feed(run, DECIDED, ENTERED);
    const held = heldOf(run);
    const records = await feed(run, candleAt(2, 100));
    expect(kindsOf(records)).toEqual(['order', 'decided', 'order']);
    expect(records[0]).toMatchObject({report: {status: 'canceled'}});
    expect(records[1]).toMatchObject({intent: {reason: 'signal', side: 'sell'}, verdict: {kind: 'approved'}});
    expect(fillsOf(await feed(run, candleAt(3, 100, {low: 90})))).toEqual([`sell ${held} at 99.98`]);
    expect(resting(run)).toEqual([]);
    expect(run.broker.balances.base.toFixed()).toBe('0');
  });

  it('keeps anything from being opened while it rests, and nothing from being closed by a rule', async () => {
    const run = scriptedPaper(
      {...BUY, 2: 'buy'},
      {exits: {stopLoss: 0.02, restingStop: true, takeProfit: 0.01}},
    );
    await feed(run, DECIDED, ENTERED);
    expect((await feed(run, candleAt(2, 100))).at(-1)).toMatchObject({intent: {reason: 'already-long'}});
    const records = await feed(run, candleAt(3, 102));
    expect(records.find(({kind}) => kind === 'decided')).toMatchObject({intent: {reason: 'take-profit'}});
    expect(resting(run)).toEqual([expect.stringContaining('at undefined')]);
  });

  it('protects a short from above, where those are enabled', async () => {
    const run = scriptedPaper({0: 'sell'}, {allowShorts: true});
    await feed(run, DECIDED, ENTERED);
    // Sold at 100 x 0.9998 = 99.98; 2% above that is 101.9796.
    expect(resting(run)).toEqual([expect.stringMatching(/^buy .* at 101.97$/)]);
    // 103 x 1.0002 = 103.0206
    expect(fillsOf(await feed(run, candleAt(2, 103, {low: 99})))).toEqual([
      expect.stringMatching(/^buy .* at 103.03$/),
    ]);
    expect(run.strategy.ledger.view().positions).toEqual([]);
  });

  it('is refused with a reason where too little is held, once, and closes are watched on', async () => {
    const rules = {...scriptedRules(), minNotionalQuote: d(990)};
    const run = scriptedPaper(BUY, {rules});
    const records = await feed(run, DECIDED, ENTERED, candleAt(2, 100), candleAt(3, 97));
    const stops = records.filter(({kind}) => kind === 'stop');
    expect(stops).toMatchObject([{verdict: {kind: 'refused', reasons: ['NOTIONAL_TOO_SMALL']}}]);
    expect(resting(run)).toEqual([]);
  });

  it('stands through a halt, goes before a flatten, and is not sold twice with it', async () => {
    const killSwitch = new TestSwitch();
    const run = scriptedPaper(BUY, {killSwitch});
    await feed(run, DECIDED, ENTERED);
    killSwitch.halt();
    expect(kindsOf(await run.strategy.obey())).toEqual(['halted']);
    expect(resting(run)).toHaveLength(1);
    killSwitch.halt(true);
    const records = await run.strategy.obey();
    expect(kindsOf(records)).toEqual(['halted', 'order', 'flattened', 'order']);
    expect(records[1]).toMatchObject({report: {status: 'canceled'}});
    await feed(run, candleAt(2, 90));
    expect(run.strategy.ledger.view().positions).toEqual([]);
    expect(run.broker.balances.base.toFixed()).toBe('0');
    const script = await replayScripted(run.journal.entries, BUY, 'computed');
    expect(script.difference).toBeUndefined();
    expect(script.compared).toBe(run.journal.entries.length);
  });

  it('is placed anew at the next candle where the venue refused or lost it, under another id', async () => {
    const run = scriptedPaper(BUY);
    const submit = run.broker.submit.bind(run.broker);
    let refuses = true;
    run.broker.submit = (order) =>
      refuses && order.type === 'stop'
        ? Promise.resolve({
            clientOrderId: order.clientOrderId,
            status: 'rejected',
            filledBase: d(0),
            reason: 'no',
          })
        : submit(order);
    const first = await feed(run, DECIDED, ENTERED);
    expect(first.filter(({kind}) => kind === 'stop')).toHaveLength(2);
    expect(resting(run)).toEqual([]);
    refuses = false;
    await feed(run, candleAt(2, 100));
    expect(resting(run)).toHaveLength(1);
    const [{clientOrderId} = {clientOrderId: ''}] = run.strategy.ledger.view().pendingOrders;
    await run.broker.cancel(clientOrderId, 'BTC/USDT');
    await run.strategy.reconcile();
    expect(resting(run)).toEqual([]);
    await feed(run, candleAt(3, 100));
    expect(resting(run)).toHaveLength(1);
    expect(run.strategy.ledger.view().pendingOrders[0]!.clientOrderId).not.toBe(clientOrderId);
  });

  it('keeps everything else from selling while it is not certain that it has ended, and says so', async () => {
    const run = scriptedPaper({...BUY, 2: 'sell', 3: 'sell'});
    await feed(run, DECIDED, ENTERED);
    const cancel = run.broker.cancel.bind(run.broker);
    run.broker.cancel = () => Promise.reject(new Error('timed out'));
    const [decided] = await feed(run, candleAt(2, 100));
    expect(decided).toMatchObject({intent: {kind: 'hold', reason: 'stop-uncertain'}});
    expect(resting(run)).toHaveLength(1);
    run.broker.cancel = cancel;
    const records = await feed(run, candleAt(3, 100));
    expect(records.find(({kind}) => kind === 'decided')).toMatchObject({verdict: {kind: 'approved'}});
  });

  it('comes to the same after a kill behind any line, and replays to the same bytes', async () => {
    const signals: Signals = {0: 'buy', 4: 'sell', 6: 'buy', 10: 'buy'};
    const candles = Array.from({length: 16}, (_, index) =>
      candleAt(index, 100, {low: [8, 12].includes(index) ? 96 : 99.5, volume: index % 3 === 1 ? 60 : 1e6}),
    );
    const whole = scriptedPaper(signals);
    await feed(whole, ...candles);
    const {entries} = whole.journal;
    expect(entries.filter(({kind}) => kind === 'stop').length).toBeGreaterThan(3);
    const replayed = await replayScripted(entries, signals, 'computed');
    expect(replayed.difference).toBeUndefined();
    expect(replayed.compared).toBe(entries.length);
    for (let cut = 1; cut < entries.length; cut++) {
      const {journal} = scriptedPaper(signals);
      let written = 0;
      journal.before = (lines) => {
        written += lines.length;
        if (written > cut) throw new Error('killed');
      };
      const first = scriptedPaper(signals, {}, journal);
      await feed(first, ...candles).catch(() => undefined);
      journal.before = () => undefined;
      const again = scriptedPaper(signals, {}, journal);
      const taken =
        journal.entries.findLast(({kind}) => kind === 'step' || kind === 'candle')?.candleMs ?? -1;
      await again.strategy.reconcile();
      await feed(again, ...candles.filter(({openTimeMs}) => openTimeMs > taken));
      expect(journal.lines).toEqual(whole.journal.lines);
    }
  });
});

function heldOf({strategy}: ScriptedRun): string {
  return strategy.ledger.view().positions[0]?.quantityBase.toFixed() ?? '0';
}

function scriptedRules(): NonNullable<Parameters<typeof scriptedPaper>[1]>['rules'] & object {
  return {
    ...{symbol: 'BTC/USDT', base: 'BTC', quote: 'USDT', minQuantityBase: d('0.001'), minNotionalQuote: d(5)},
    ...{lotSizeBase: d('0.001'), tickSizeQuote: d('0.01')},
  };
}
