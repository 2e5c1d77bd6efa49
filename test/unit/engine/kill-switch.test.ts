import {describe, expect, it} from 'vitest';
import type {OrderReport} from '../../../src/domain/order.js';
import {marketRulesFor} from '../../../src/exchange/market-rules.js';
import {PaperBroker} from '../../../src/execution/paper-broker.js';
import {HOUR, MemoryJournal, TestSwitch, paperStrategy, simulatedCandles} from '../../support/strategy.js';

const CANDLES = simulatedCandles(120);
const BUY_ALWAYS = {threshold: 0.5, limits: {cooldownMs: 0, maxConsecutiveLosses: 0}};

type Run = ReturnType<typeof paperStrategy> & {
  readonly killSwitch: TestSwitch;
  readonly journal: MemoryJournal;
};

function begin(options: Parameters<typeof paperStrategy>[1] = {}, journal = new MemoryJournal()): Run {
  const killSwitch = new TestSwitch();
  return {...paperStrategy(journal, {...BUY_ALWAYS, killSwitch, ...options}), killSwitch, journal};
}

/** Feeds candles until the condition holds.
 *  @returns the index of the next one */
async function feedUntil({strategy}: Run, holds: () => boolean, from = 0): Promise<number> {
  let at = from;
  do await strategy.onCandle(CANDLES[at++]!);
  while (!holds());
  return at;
}

const isHeld = ({strategy}: Run): boolean => strategy.ledger.view().positions.length > 0;
const pends = ({strategy}: Run): boolean => strategy.ledger.view().pendingOrders.length > 0;
const kindsOf = ({journal}: Run, from = 0): string[] => journal.entries.slice(from).map(({kind}) => kind);

describe('the kill switch', () => {
  it('cancels an opening order that waits, so that nothing opens behind the command', async () => {
    const run = begin();
    const at = await feedUntil(run, () => pends(run) && !isHeld(run));
    const before = run.journal.entries.length;
    run.killSwitch.halt();
    const records = await run.strategy.obey();
    expect(records.map(({kind}) => kind)).toEqual(['halted', 'order']);
    expect(kindsOf(run, before)).toEqual(['halt', 'report']);
    for (const candle of CANDLES.slice(at, at + 20)) await run.strategy.onCandle(candle);
    expect(isHeld(run)).toBe(false);
    expect(kindsOf(run, before)).not.toContain('fill');
    expect(await run.strategy.obey()).toEqual([]);
  });

  it('leaves what is held to the exits, which go on', async () => {
    const run = begin({exits: {maxHoldingMs: 2 * HOUR.ms}});
    const at = await feedUntil(run, () => isHeld(run) && !pends(run));
    run.killSwitch.halt();
    const [halted, decided] = await run.strategy.onCandle(CANDLES[at]!);
    expect(halted).toMatchObject({kind: 'halted'});
    expect(decided).toMatchObject({intent: {reason: 'max-holding-time'}, verdict: {kind: 'approved'}});
    await run.strategy.onCandle(CANDLES[at + 1]!);
    expect(isHeld(run)).toBe(false);
  });

  it('closes what is held at once where it is told to flatten, through the risk audit', async () => {
    const run = begin();
    const at = await feedUntil(run, () => isHeld(run) && !pends(run));
    const before = run.journal.entries.length;
    run.killSwitch.halt(true);
    const records = await run.strategy.obey();
    expect(records.map(({kind}) => kind)).toEqual(['halted', 'flattened', 'order']);
    expect(records[1]).toMatchObject({
      intent: {reason: 'flatten', reduceOnly: true, side: 'sell'},
      verdict: {kind: 'approved'},
    });
    expect(kindsOf(run, before)).toEqual(['halt', 'flatten', 'order', 'report']);
    await run.strategy.onCandle(CANDLES[at]!);
    expect(isHeld(run)).toBe(false);
  });

  it('tries again at the next candle where closing did not work out, and after another command at once', async () => {
    const run = begin();
    const at = await feedUntil(run, () => isHeld(run) && !pends(run));
    run.broker.submit = (order) =>
      Promise.resolve({
        clientOrderId: order.clientOrderId,
        status: 'rejected',
        filledBase: order.quantityBase.times(0),
      });
    run.killSwitch.halt(true);
    await run.strategy.obey();
    const decided = await run.strategy.onCandle(CANDLES[at]!);
    expect(decided).toMatchObject([
      {intent: {reason: 'flatten'}, verdict: {kind: 'approved'}},
      {kind: 'order'},
    ]);
    run.killSwitch.halt(true);
    expect((await run.strategy.obey())[1]).toMatchObject({kind: 'flattened', verdict: {kind: 'approved'}});
    const ids = run.journal.entries
      .filter(({kind, body}) => kind === 'order' && body.includes(':flatten'))
      .map(({body}) => (JSON.parse(body) as {clientOrderId: string}).clientOrderId);
    expect(new Set(ids).size).toBe(3);
  });

  it('waits for a close that is under way and does not sell twice', async () => {
    const run = begin();
    const held = await feedUntil(run, () => isHeld(run) && !pends(run));
    const at = await feedUntil(run, () => isHeld(run) && pends(run), held);
    run.killSwitch.halt(true);
    expect((await run.strategy.obey()).map(({kind}) => kind)).toEqual(['halted']);
    await run.strategy.onCandle(CANDLES[at]!);
    expect(isHeld(run)).toBe(false);
  });

  it('closes what an opening order has filled even where its rest cannot be canceled', async () => {
    const run = begin();
    const at = await feedUntil(run, () => pends(run) && !isHeld(run));
    await run.strategy.onCandle({...CANDLES[at]!, volume: 0.05});
    expect([isHeld(run), pends(run)]).toEqual([true, true]);
    run.broker.cancel = () => Promise.reject(new Error('no answer'));
    run.killSwitch.halt(true);
    const records = await run.strategy.obey();
    expect(records.map(({kind}) => kind)).toEqual(['halted', 'flattened', 'order']);
    const {quantityBase} = run.strategy.ledger.view().positions[0]!;
    expect(records[1]).toMatchObject({intent: {quantityBase, reduceOnly: true}, verdict: {kind: 'approved'}});
  });

  it('does nothing but halt where nothing was seen or held yet', async () => {
    const run = begin();
    run.killSwitch.halt(true);
    expect((await run.strategy.obey()).map(({kind}) => kind)).toEqual(['halted']);
    expect(kindsOf(run)).toEqual(['halt']);
  });

  it('stands after a restart, whose strategy resumes only where the switch is off', async () => {
    const run = begin();
    await feedUntil(run, () => isHeld(run));
    run.killSwitch.halt();
    await run.strategy.obey();

    const stays = paperStrategy(run.journal, BUY_ALWAYS);
    expect(stays.strategy.haltCommand).toEqual(run.killSwitch.command);
    expect(await stays.strategy.obey()).toEqual([]);

    const resumed = begin({}, run.journal);
    expect(resumed.strategy.haltCommand).toBeDefined();
    expect(await resumed.strategy.obey()).toEqual([{kind: 'resumed'}]);
    expect(resumed.strategy.haltCommand).toBeUndefined();
    expect(kindsOf(run).at(-1)).toBe('resume');
  });

  it('is asked behind the news of the broker, right before the decision', async () => {
    const run = begin();
    const at = await feedUntil(run, () => pends(run) && !isHeld(run));
    const settle = run.broker.settle.bind(run.broker);
    run.broker.settle = async (candle) => {
      run.killSwitch.halt();
      return settle(candle);
    };
    const records = await run.strategy.onCandle(CANDLES[at]!);
    expect(records.map(({kind}) => kind)).toEqual(['fill', 'order', 'halted', 'decided']);
    const step = JSON.parse(run.journal.entries.at(-1)!.body) as {halted: boolean};
    expect(step.halted).toBe(true);
  });

  it('goes on cancelling an order that the venue would not cancel', async () => {
    const run = begin();
    const at = await feedUntil(run, () => pends(run) && !isHeld(run));
    const cancel = run.broker.cancel.bind(run.broker);
    run.broker.cancel = () => Promise.reject(new Error('no answer'));
    run.broker.settle = () => Promise.resolve([]);
    run.killSwitch.halt();
    expect((await run.strategy.obey()).map(({kind}) => kind)).toEqual(['halted']);
    expect(pends(run)).toBe(true);
    run.broker.cancel = cancel;
    await run.strategy.onCandle(CANDLES[at]!);
    expect(pends(run)).toBe(false);
  });
});

describe('orders that the venue tells nothing of', () => {
  it('halt opening, and the journal says since when and until when', async () => {
    const journal = new MemoryJournal();
    const run = begin({}, journal);
    await feedUntil(run, () => pends(run) && !isHeld(run));
    const broker = new PaperBroker({rules: marketRulesFor('BTC/USDT'), timeframeMs: HOUR.ms});
    let answer: () => Promise<OrderReport | undefined> = () => Promise.reject(new Error('timed out'));
    broker.query = () => answer();
    const restarted = paperStrategy(journal, {...BUY_ALWAYS, broker});
    await restarted.strategy.reconcile();
    await restarted.strategy.reconcile();
    expect(journal.entries.at(-1)).toMatchObject({kind: 'unresolved'});
    expect(journal.entries.filter(({kind}) => kind === 'unresolved')).toHaveLength(1);

    const again = paperStrategy(journal, {...BUY_ALWAYS, broker});
    const next = CANDLES.find(({openTimeMs}) => openTimeMs > again.lastMs)!;
    await again.strategy.onCandle(next);
    expect(JSON.parse(journal.entries.at(-1)!.body)).toMatchObject({halted: true});
    answer = () => Promise.resolve(undefined);
    await again.strategy.reconcile();
    expect(journal.entries.at(-1)!.body).toBe('{"orders":[]}');
  });
});
