import {describe, expect, it} from 'vitest';
import type {ApprovedOrder, OrderReport} from '../../../src/domain/order.js';
import type {DecisionRecord, StepRecord} from '../../../src/engine/step-record.js';
import {PaperBroker} from '../../../src/execution/paper-broker.js';
import {marketRulesFor} from '../../../src/exchange/market-rules.js';
import {
  HOUR,
  MemoryJournal,
  TestSwitch,
  fakeModel,
  feed,
  paperStrategy,
  simulatedCandles,
} from '../../support/strategy.js';

function decisions(records: readonly StepRecord[]): DecisionRecord[] {
  return records.filter((record) => record.kind === 'decided');
}

describe('DeepLearningStrategy', () => {
  it('decides on every candle once a sequence is full, and on none before', async () => {
    const records = await feed(paperStrategy(new MemoryJournal()), simulatedCandles(30));
    expect(records.filter(({kind}) => kind === 'warming-up')).toHaveLength(602);
    expect(decisions(records)).toHaveLength(30);
  });

  it('gives a prediction in the public format with every decision', async () => {
    const [decided] = decisions(await feed(paperStrategy(new MemoryJournal()), simulatedCandles(1)));
    expect(Object.keys(decided!.prediction!)).toEqual([
      'signal',
      'confidence',
      'probability',
      'model',
      'prediction_time_ms',
    ]);
    expect(decided!.prediction!.model).toBe('fake');
    expect(decided!.prediction!.confidence).toBeGreaterThanOrEqual(0.5);
  });

  it('fills at the open of the next candle, never at a price that it decided with', async () => {
    const candles = simulatedCandles(60);
    const records = await feed(paperStrategy(new MemoryJournal()), candles);
    const fills = records.filter((record) => record.kind === 'fill');
    expect(fills.length).toBeGreaterThan(5);
    for (const {fill} of fills) {
      const candle = candles.find(({openTimeMs}) => openTimeMs === fill.timeMs)!;
      const slippage = fill.price
        .dividedBy(candle.open)
        .minus(1)
        .times(fill.side === 'buy' ? 1 : -1);
      expect(slippage.gte(0) && slippage.lte('0.0003')).toBe(true);
    }
  });

  it('has every order on disk before the broker hears of it', async () => {
    const journal = new MemoryJournal();
    const known: string[] = [];
    class Spy extends PaperBroker {
      override submit(order: ApprovedOrder): Promise<OrderReport> {
        const onDisk = journal.entries.some(
          ({kind, body}) => kind === 'order' && body.includes(order.clientOrderId),
        );
        known.push(onDisk ? order.clientOrderId : 'unknown');
        return super.submit(order);
      }
    }
    const broker = new Spy({rules: marketRulesFor('BTC/USDT'), timeframeMs: HOUR.ms});
    await feed(paperStrategy(journal, {broker}), simulatedCandles(60));
    expect(known.length).toBeGreaterThan(5);
    expect(known).not.toContain('unknown');
    expect(new Set(known).size).toBe(known.length);
  });

  it('sends nothing where the journal cannot be written', async () => {
    const journal = new MemoryJournal();
    journal.before = (entries) => {
      if (entries.some(({kind}) => kind === 'order')) throw new Error('disk full');
    };
    const run = paperStrategy(journal);
    await expect(feed(run, simulatedCandles(60))).rejects.toThrow('disk full');
    expect(run.broker.idle).toBe(true);
    expect(run.broker.balances.base.isZero()).toBe(true);
  });

  it('opens nothing while it is halted, and says why', async () => {
    const killSwitch = new TestSwitch();
    killSwitch.halt();
    const records = await feed(paperStrategy(new MemoryJournal(), {killSwitch}), simulatedCandles(40));
    const verdicts = decisions(records).map(({verdict}) => verdict);
    expect(verdicts.some((verdict) => verdict.kind === 'refused' && verdict.reasons.includes('HALTED'))).toBe(
      true,
    );
    expect(verdicts.every(({kind}) => kind !== 'approved')).toBe(true);
  });

  it('shares nothing with another one of the same model', async () => {
    const candles = simulatedCandles(60);
    const alone = new MemoryJournal();
    await feed(paperStrategy(alone), candles);

    const model = fakeModel();
    const [first, second] = [new MemoryJournal(), new MemoryJournal()];
    const one = paperStrategy(first, {model});
    const other = paperStrategy(second, {model, threshold: 0.8});
    for (const candle of candles) {
      await one.strategy.onCandle(candle);
      await other.strategy.onCandle(candle);
    }
    expect(first.lines).toEqual(alone.lines);
    expect(second.lines).not.toEqual(alone.lines);
    expect(one.strategy.ledger).not.toBe(other.strategy.ledger);
  });

  it('journals the sentiment that each row rests on, and null where it is the neutral default', async () => {
    const candles = simulatedCandles(4);
    const fromMs = candles[603]!.openTimeMs;
    const journal = new MemoryJournal();
    const sentiment = {valueAt: (timeMs: number) => (timeMs < fromMs ? undefined : 37.5)};
    await feed(paperStrategy(journal, {sentiment}), candles);
    const said = journal.entries
      .filter(({kind}) => kind === 'candle' || kind === 'step')
      .map(({kind, body}) => [kind, (JSON.parse(body) as {sentiment?: number | null}).sentiment]);
    expect(said.slice(599)).toEqual([
      ['candle', undefined],
      ['candle', null],
      ['candle', null],
      ['step', null],
      ['step', 37.5],
      ['step', 37.5],
      ['step', 37.5],
    ]);
  });

  it('refuses a candle that comes while the one before is under way, and goes on as if it had not come', async () => {
    const candles = simulatedCandles(40);
    const [alone, pressed] = [new MemoryJournal(), new MemoryJournal()];
    await feed(paperStrategy(alone), candles);
    const {strategy} = paperStrategy(pressed);
    let refused = 0;
    for (let at = 0; at < candles.length;) {
      const two = candles.slice(at, at + 2);
      const [first, second] = await Promise.allSettled(two.map((candle) => strategy.onCandle(candle)));
      expect(first).toMatchObject({status: 'fulfilled'});
      // A candle without anything to wait for is done before the next one comes.
      const isRefused = second?.status === 'rejected';
      if (isRefused) expect(second.reason).toMatchObject({code: 'USAGE'});
      refused += isRefused ? 1 : 0;
      at += isRefused ? 1 : two.length;
    }
    expect(refused).toBeGreaterThan(0);
    expect(pressed.entries.map(({body}) => body)).toEqual(alone.entries.map(({body}) => body));
  });

  it('refuses a candle that is off the grid, and takes the right one after it', async () => {
    const candles = simulatedCandles(2);
    const {strategy} = paperStrategy(new MemoryJournal());
    for (const candle of candles.slice(0, -1)) await strategy.onCandle(candle);
    const last = candles.at(-1)!;
    for (const offMs of [1, 60_000, NaN]) {
      await expect(strategy.onCandle({...last, openTimeMs: last.openTimeMs + offMs})).rejects.toMatchObject({
        code: 'CANDLES_INVALID',
        message: expect.stringContaining('1h grid') as string,
      });
    }
    expect(decisions(await strategy.onCandle(last))).toHaveLength(1);
  });

  it('watches its exits on candles behind a gap, where there is no forecast', async () => {
    const candles = simulatedCandles(80);
    const journal = new MemoryJournal();
    const run = paperStrategy(journal, {exits: {stopLoss: 0.02}});
    let at = 0;
    while (!holdsLong(run)) await run.strategy.onCandle(candles[at++]!);
    const last = candles[at - 1]!;
    const crash = {
      ...{openTimeMs: last.openTimeMs + 10 * HOUR.ms, afterGap: true, volume: 1000},
      ...{open: last.close * 0.9, high: last.close * 0.9, low: last.close * 0.9, close: last.close * 0.9},
    };
    const [decided] = decisions(await run.strategy.onCandle(crash));
    expect(decided).toMatchObject({
      forecast: undefined,
      intent: {kind: 'order', reason: 'stop-loss', reduceOnly: true},
    });
    expect(decided!.verdict.kind).toBe('approved');
    expect(journal.entries.find(({body}) => body.includes('"reason":"stop-loss"'))?.body).toContain(
      '"forecast":null',
    );
  });
});

function holdsLong({strategy}: ReturnType<typeof paperStrategy>): boolean {
  try {
    return strategy.ledger.view().positions.length > 0;
  } catch {
    return false;
  }
}
