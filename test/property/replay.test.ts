import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {isRestingStop} from '../../src/domain/account-view.js';
import type {ApprovedOrder, OrderReport} from '../../src/domain/order.js';
import {DeepLearningStrategy} from '../../src/engine/deep-learning-strategy.js';
import type {StrategyOptions} from '../../src/engine/deep-learning-strategy.js';
import {ReplayScript} from '../../src/engine/replay-script.js';
import {marketRulesFor} from '../../src/exchange/market-rules.js';
import {PaperBroker} from '../../src/execution/paper-broker.js';
import type {StoredEntry} from '../../src/store/journal-entry.js';
import {
  HOUR,
  MemoryJournal,
  TestSwitch,
  fakeModel,
  feed,
  paperStrategy,
  simulatedCandles,
} from '../support/strategy.js';
import {SETTINGS, replayScripted, scriptedPaper, settingsOf} from '../support/scripted-strategy.js';
import type {Signals} from '../support/scripted-strategy.js';
import {candleAt} from '../support/trading.js';

const RUNS = Number(process.env['REPLAY_RUNS'] ?? 300);
const RULES = marketRulesFor('BTC/USDT');

const settings = fc.record({
  threshold: fc.constantFrom(0.5, 0.55, 0.7),
  allowShorts: fc.boolean(),
  exits: fc.constantFrom(
    {},
    {stopLoss: 0.01, takeProfit: 0.01},
    {trailingStop: 0.01, maxHoldingMs: 4 * HOUR.ms},
  ),
  limits: fc.constantFrom({}, {cooldownMs: 0, maxConsecutiveLosses: 0}, {maxCandleMove: 0.005}),
});

/** What happens besides candles: the switch is turned before or within a candle, the process dies. */
const events = fc.array(
  fc.record({
    at: fc.integer({min: 595, max: 660}),
    what: fc.constantFrom('halt' as const, 'flatten' as const, 'resume' as const, 'kill' as const),
    between: fc.boolean(),
  }),
  {maxLength: 8},
);

const randomRun = fc.record({seed: fc.integer({min: 1, max: 1000}), settings, events});
type RandomRun = typeof randomRun extends fc.Arbitrary<infer T> ? T : never;

const MARKETS = new Map<number, ReturnType<typeof simulatedCandles>>();
const marketOf = (seed: number): ReturnType<typeof simulatedCandles> => {
  const known = MARKETS.get(seed) ?? simulatedCandles(60, seed);
  MARKETS.set(seed, known);
  return known;
};

const sentiment = {
  valueAt: (timeMs: number) => (timeMs % (5 * HOUR.ms) === 0 ? undefined : (timeMs / HOUR.ms) % 100),
};

async function journalOf({seed, settings: chosen, events: happening}: RandomRun): Promise<MemoryJournal> {
  const journal = new MemoryJournal();
  const killSwitch = new TestSwitch();
  const begin = (): ReturnType<typeof paperStrategy> =>
    paperStrategy(journal, {...chosen, sentiment, killSwitch});
  let run = begin();
  const coming = new Set(happening);
  for (const [i, candle] of marketOf(seed).entries()) {
    for (const event of coming) {
      const {at, what, between} = event;
      // There has to be something to flatten.
      if (at > i || (what === 'flatten' && !holdsQuietly(run))) continue;
      coming.delete(event);
      if (what === 'halt' || what === 'flatten') killSwitch.halt(what === 'flatten');
      else if (what === 'resume') killSwitch.command = undefined;
      else {
        run = begin();
        await run.strategy.reconcile();
      }
      if (between) await run.strategy.obey();
    }
    await run.strategy.onCandle(candle);
  }
  return journal;
}

function holdsQuietly({strategy}: ReturnType<typeof paperStrategy>): boolean {
  const {positions, pendingOrders} = strategy.ledger.view();
  return positions.length > 0 && pendingOrders.length === 0;
}

async function replayed(
  lines: Iterable<StoredEntry>,
  chosen: Partial<StrategyOptions>,
  broker?: PaperBroker,
): Promise<ReplayScript> {
  const script = new ReplayScript(lines);
  const strategy = new DeepLearningStrategy({
    ...{strategyId: 'test', model: fakeModel(), rules: RULES, timeframe: HOUR, ...chosen},
    ...{journal: script, killSwitch: script.killSwitch, sentiment: script.sentiment},
    broker:
      broker
      ?? new PaperBroker({rules: RULES, timeframeMs: HOUR.ms, allowShorts: chosen.allowShorts === true}),
  });
  await exhausted(strategy.replay(script, 'computed'));
  return script;
}

async function exhausted(events: AsyncGenerator<number>): Promise<void> {
  while ((await events.next()).done !== true);
}

/** The paths of the values in a body that the replay computes; the rest is what it is given. */
function computedPaths(kind: string, value: unknown, path: string[] = []): string[][] {
  if (path.length === 1 && ['candle', 'sentiment'].includes(path[0]!)) return [];
  if (kind === 'halt' || kind === 'candle') return [];
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([name, inner]) => computedPaths(kind, inner, [...path, name]));
}

function mutated(body: string, path: readonly string[]): string {
  const content = JSON.parse(body) as Record<string, unknown>;
  let holder = content;
  for (const name of path.slice(0, -1)) holder = holder[name] as Record<string, unknown>;
  const name = path.at(-1)!;
  const value = holder[name];
  if (typeof value === 'number') holder[name] = value === 0 ? 1 : value * (1 + 2 ** -40);
  else if (typeof value === 'boolean') holder[name] = !value;
  else if (typeof value === 'string')
    holder[name] = /\d$/.test(value)
      ? `${value.slice(0, -1)}${value.endsWith('1') ? '2' : '1'}`
      : `${value}x`;
  else holder[name] = 'something';
  return JSON.stringify(content);
}

describe('replay', () => {
  it('comes to the same bytes for any journal that a paper run writes, whatever halted or killed it', async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(randomRun, async (run) => {
        const {entries} = await journalOf(run);
        for (const {kind} of entries) seen.add(kind);
        const script = await replayed(entries, run.settings);
        expect(script.difference).toBeUndefined();
        expect(script.compared).toBe(entries.length);
        expect(script.steps).toBe(60);
      }),
      {numRuns: 60},
    );
    // Else the law would hold for want of cases.
    expect([...seen].sort()).toEqual([
      'candle',
      'fill',
      'flatten',
      'halt',
      'order',
      'report',
      'resume',
      'step',
    ]);
  });

  it('catches any one computed value that is changed in any line, and names it', async () => {
    await fc.assert(
      fc.asyncProperty(randomRun, fc.nat(), fc.nat(), async (run, line, field) => {
        const {entries} = await journalOf(run);
        const candidates = entries.filter(({kind, body}) => computedPaths(kind, JSON.parse(body)).length > 0);
        const chosen = candidates[line % candidates.length]!;
        const paths = computedPaths(chosen.kind, JSON.parse(chosen.body));
        const path = paths[field % paths.length]!;
        const lines = entries.map((entry) =>
          entry === chosen ? {...entry, body: mutated(entry.body, path)} : entry,
        );
        const {difference} = await replayed(lines, run.settings);
        expect(difference).toMatchObject({seq: chosen.seq, kind: chosen.kind, computedKind: chosen.kind});
        expect(difference!.fields.map(({path: named}) => named.replaceAll(/\[(\d+)\]/g, '.$1'))).toEqual([
          path.join('.'),
        ]);
      }),
      {numRuns: 60},
    );
  });

  it('catches a line that is missing, doubled or moved', async () => {
    await fc.assert(
      fc.asyncProperty(
        randomRun,
        fc.nat(),
        fc.constantFrom('missing', 'doubled', 'moved'),
        async (run, at, how) => {
          const {entries} = await journalOf(run);
          const begin = entries.findIndex(({kind}) => kind === 'step');
          // Behind the last line nothing can tell that there was more.
          const i = begin + (at % (entries.length - begin - 1));
          // What somebody does to the switch follows from nothing: that it happened is for the journal's chain to keep.
          fc.pre([entries[i]!, entries[i + 1]!].every(({kind}) => kind !== 'halt' && kind !== 'resume'));
          const lines = [...entries];
          if (how === 'missing') lines.splice(i, 1);
          else if (how === 'doubled') lines.splice(i, 0, entries[i]!);
          else [lines[i], lines[i + 1]] = [lines[i + 1]!, lines[i]!];
          // A candle that comes twice or in the wrong order is refused by the features before anything is computed of it.
          const outcome = await replayed(lines, run.settings).catch(() => 'refused');
          if (outcome !== 'refused') expect((outcome as ReplayScript).difference).toBeDefined();
        },
      ),
      {numRuns: 60},
    );
  });

  it('takes any beginning of a journal for what it is: a run that ended there', async () => {
    await fc.assert(
      fc.asyncProperty(randomRun, fc.nat(), async (run, at) => {
        const {entries} = await journalOf(run);
        const cut = 600 + (at % (entries.length - 599));
        const script = await replayed(entries.slice(0, cut), run.settings);
        expect(script.difference).toBeUndefined();
        expect(cut - script.compared).toBeLessThan(5);
      }),
      {numRuns: 30},
    );
  });

  it('computes ids and approvals, and takes none from the journal', async () => {
    const {entries} = await journalOf({
      seed: 3,
      settings: {threshold: 0.5, allowShorts: false, exits: {}, limits: {}},
      events: [],
    });
    const sent: string[] = [];
    class Spy extends PaperBroker {
      override submit(order: ApprovedOrder): Promise<OrderReport> {
        sent.push(order.clientOrderId);
        return super.submit(order);
      }
    }
    const script = await replayed(entries, {threshold: 0.5}, new Spy({rules: RULES, timeframeMs: HOUR.ms}));
    expect(script.difference).toBeUndefined();
    expect(sent.length).toBeGreaterThan(5);
    expect(sent.every((id) => entries.some(({kind, body}) => kind === 'order' && body.includes(id)))).toBe(
      true,
    );
    const other = await replayed(entries, {threshold: 0.5, strategyId: 'another'});
    expect(other.difference).toMatchObject({kind: 'step'});
    expect(other.difference!.fields.map(({path}) => path)).toContain('intent.decisionId');
  });
});

const turned = fc.constantFrom(undefined, undefined, 'halt' as const, 'flatten' as const, 'resume' as const);

/** A candle in which the process may die, at one of its appends, and the switch be turned before it and while it is dead. */
const deadlyCandle = fc.record({
  ...{signal: fc.constantFrom('buy' as const, 'sell' as const, undefined), before: turned, whileDead: turned},
  move: fc.constantFrom(0, 0, 1, -1, -3, 3),
  volume: fc.constantFrom(20, 60, 1e6),
  diesAt: fc.constantFrom(undefined, 0, 1, 2, 3),
  settings: fc.constantFrom(undefined, undefined, undefined, ...SETTINGS),
});

describe('replay of a paper run that died within a candle', () => {
  it('comes to the same bytes, wherever it died, whatever the switch did and whichever settings changed meanwhile', async () => {
    const met = {deaths: 0, betweenFillAndDecision: 0, changesWhileHeld: 0, changesWithStop: 0};
    await fc.assert(
      fc.asyncProperty(
        fc.array(deadlyCandle, {minLength: 3, maxLength: 20}),
        fc.boolean(),
        async (drawn, hasStop) => {
          const signals = Object.fromEntries(
            drawn.flatMap(({signal}, index) => (signal === undefined ? [] : [[index, signal]])),
          ) as Signals;
          const killSwitch = new TestSwitch();
          const turn = (what: (typeof drawn)[number]['before']): void => {
            if (what === 'resume') killSwitch.command = undefined;
            else if (what !== undefined) killSwitch.halt(what === 'flatten');
          };
          const options = {settingsOf, ...(hasStop ? {} : {exits: {stopLoss: 0.02}})};
          let run = scriptedPaper(signals, {...options, killSwitch});
          const {journal} = run;
          let at = 100;
          for (const [index, {before, move, volume, diesAt, whileDead, settings}] of drawn.entries()) {
            at += move;
            const candle = candleAt(index, at, {low: at - 1, high: at + 1, volume});
            turn(before);
            let appends = 0;
            journal.before = () => {
              if (appends++ === diesAt) throw new Error('died');
            };
            const isAlive = await run.strategy.onCandle(candle).then(
              () => true,
              () => false,
            );
            journal.before = () => undefined;
            if (isAlive && settings === undefined) continue;
            if (!isAlive) met.deaths += 1;
            if (whileDead !== undefined && journal.entries.at(-1)?.kind === 'report')
              met.betweenFillAndDecision += 1;
            turn(whileDead);
            // Before the first candle there is no account to look at.
            if (settings !== undefined && journal.entries.some(({kind}) => kind === 'step')) {
              journal.append([{kind: 'session', candleMs: null, body: settings}]);
              const {positions, pendingOrders} = run.strategy.ledger.view();
              if (positions.length > 0) met.changesWhileHeld += 1;
              if (pendingOrders.some(isRestingStop)) met.changesWithStop += 1;
            }
            run = scriptedPaper(signals, {...options, killSwitch}, journal);
            await run.strategy.reconcile();
            await run.strategy.obey();
            const last = journal.entries.findLast(({kind}) => kind === 'step');
            if (last?.candleMs !== candle.openTimeMs) await run.strategy.onCandle(candle);
          }
          const script = await replayScripted(journal.entries, signals, 'computed', options);
          expect(script.difference).toBeUndefined();
          const sessions = journal.entries.filter(({kind}) => kind === 'session').length;
          expect(script.compared).toBe(journal.entries.length - sessions);
        },
      ),
      {numRuns: RUNS},
    );
    expect(Math.min(...Object.values(met))).toBeGreaterThan(20);
  });
});

describe('replay of a run at a venue', () => {
  /** A venue with a will of its own: it answers late, loses sight of orders and fills when it likes. */
  class MoodyVenue extends PaperBroker {
    #calls = 0;

    override async submit(order: ApprovedOrder): Promise<OrderReport> {
      const report = await super.submit(order);
      this.#calls += 1;
      return this.#calls % 3 === 0 ? {...report, status: 'unknown'} : report;
    }

    override async query(clientOrderId: string, symbol: string): Promise<OrderReport | undefined> {
      this.#calls += 1;
      if (this.#calls % 4 === 0) throw new Error(`timed out after ${String(this.#calls)} calls`);
      return super.query(clientOrderId, symbol);
    }
  }

  it('takes from the journal what the venue said and computes the rest', async () => {
    let now = 0;
    const clock = {nowMs: () => candleMs + HOUR.ms + ((now += 7) % 900)};
    let candleMs = 0;
    const journal = new MemoryJournal();
    const killSwitch = new TestSwitch();
    const broker = new MoodyVenue({rules: RULES, timeframeMs: HOUR.ms});
    const options = {threshold: 0.5, limits: {cooldownMs: 0, maxConsecutiveLosses: 0}};
    let run = paperStrategy(journal, {...options, broker, clock, killSwitch});
    for (const [i, candle] of simulatedCandles(100).entries()) {
      candleMs = candle.openTimeMs;
      if (i === 640) killSwitch.halt();
      if (i === 650) killSwitch.command = undefined;
      if (i % 20 === 10) {
        run = paperStrategy(journal, {...options, broker, clock, killSwitch});
        await run.strategy.reconcile();
      }
      await run.strategy.onCandle(candle);
      if (i > 670 && killSwitch.command === undefined && holdsQuietly(run)) killSwitch.halt(true);
      await run.strategy.obey();
    }
    const kinds = new Set(journal.entries.map(({kind}) => kind));
    expect(kinds).toContain('unresolved');
    expect(kinds).toContain('flatten');

    const script = new ReplayScript(journal.entries);
    const strategy = new DeepLearningStrategy({
      ...{strategyId: 'test', model: fakeModel(), rules: RULES, timeframe: HOUR, ...options},
      ...{journal: script, killSwitch: script.killSwitch, sentiment: script.sentiment},
      ...{broker: script.broker, clock: script.clock},
    });
    await exhausted(strategy.replay(script, 'recorded'));
    expect(script.difference).toBeUndefined();
    expect(script.compared).toBe(journal.entries.length);
  });

  it('goes on behind a life that ended between the switch and the decision on the same candle', async () => {
    const journal = new MemoryJournal();
    const killSwitch = new TestSwitch();
    const broker = new MoodyVenue({rules: RULES, timeframeMs: HOUR.ms});
    const options = {threshold: 0.5, limits: {cooldownMs: 0, maxConsecutiveLosses: 0}, killSwitch};
    const clock = {nowMs: () => candleMs + HOUR.ms};
    let candleMs = 0;
    const candles = simulatedCandles(60);
    const begin = (): ReturnType<typeof paperStrategy> => paperStrategy(journal, {...options, broker, clock});
    let run = begin();
    for (const [i, candle] of candles.entries()) {
      candleMs = candle.openTimeMs;
      if (i > 602 && i % 6 === 0) {
        if (i % 12 === 0) killSwitch.halt();
        else killSwitch.command = undefined;
        journal.before = (entries) => {
          if (entries.some(({kind}) => kind === 'step')) throw new Error('killed');
        };
        await expect(run.strategy.onCandle(candle)).rejects.toThrow('killed');
        journal.before = () => undefined;
        run = begin();
        await run.strategy.reconcile();
        // Another command, which the dead one never saw.
        if (i % 24 === 0) killSwitch.halt();
        await run.strategy.obey();
      }
      await run.strategy.onCandle(candle);
    }
    const turned = journal.entries.filter(({kind}) => kind === 'halt' || kind === 'resume');
    expect(turned.filter(({candleMs: at}) => at !== null).length).toBeGreaterThan(4);
    expect(turned.filter(({candleMs: at}) => at === null).length).toBeGreaterThan(1);

    const script = new ReplayScript(journal.entries);
    const strategy = new DeepLearningStrategy({
      ...{strategyId: 'test', model: fakeModel(), rules: RULES, timeframe: HOUR, ...options},
      ...{journal: script, killSwitch: script.killSwitch, broker: script.broker, clock: script.clock},
    });
    await exhausted(strategy.replay(script, 'recorded'));
    expect(script.difference).toBeUndefined();
    expect(script.compared).toBe(journal.entries.length);
  });

  it('is caught where a fill is not what followed', async () => {
    const journal = new MemoryJournal();
    await feed(paperStrategy(journal), simulatedCandles(40));
    const fill = journal.entries.find(({kind}) => kind === 'fill')!;
    const lines = journal.entries.map((entry) =>
      entry === fill ? {...entry, body: entry.body.replace(/"price":"(\d)/, '"price":"9$1')} : entry,
    );
    const script = new ReplayScript(lines);
    const strategy = new DeepLearningStrategy({
      ...{strategyId: 'test', model: fakeModel(), rules: RULES, timeframe: HOUR},
      ...{journal: script, killSwitch: script.killSwitch, broker: script.broker},
    });
    await exhausted(strategy.replay(script, 'recorded'));
    expect(script.difference).toMatchObject({kind: 'step'});
    expect(script.difference!.fields[0]!.path).toBe('account.cash');
  });
});
