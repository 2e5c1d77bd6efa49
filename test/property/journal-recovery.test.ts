import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {FakeNetwork} from '../support/fake-network.js';
import {MemoryJournal, fakeModel, feed, paperStrategy, simulatedCandles} from '../support/strategy.js';

const CANDLES = simulatedCandles(120);

async function uninterrupted(): Promise<{journal: MemoryJournal; state: unknown}> {
  const journal = new MemoryJournal();
  const run = paperStrategy(journal);
  await feed(run, CANDLES);
  return {journal, state: stateOf(run)};
}

function stateOf({strategy, broker}: ReturnType<typeof paperStrategy>): unknown {
  return JSON.parse(
    JSON.stringify({account: strategy.ledger.view(), trades: strategy.ledger.trades, venue: broker.balances}),
  );
}

describe('recovery', () => {
  it('trades enough in these tests to mean something', async () => {
    const {journal} = await uninterrupted();
    const kinds = journal.entries.map(({kind}) => kind);
    expect(kinds.filter((kind) => kind === 'step').length).toBe(120);
    expect(kinds.filter((kind) => kind === 'fill').length).toBeGreaterThan(10);
  });

  it('goes on from any prefix of the journal to the same journal and the same account', async () => {
    const whole = await uninterrupted();
    await fc.assert(
      fc.asyncProperty(
        // Where a line ended up on disk with its transaction; lines of one candle may be cut apart as well.
        fc.array(fc.integer({min: 0, max: whole.journal.entries.length}), {minLength: 1, maxLength: 4}),
        async (cuts) => {
          const journal = new MemoryJournal();
          for (const cut of [...cuts.sort((a, b) => a - b), Infinity]) {
            let written = journal.entries.length;
            journal.before = (entries) => {
              written += entries.length;
              if (written > cut) throw new Error('killed');
            };
            await feed(paperStrategy(journal), CANDLES).catch((error: unknown) => {
              expect(error).toMatchObject({message: 'killed'});
            });
          }
          journal.before = () => undefined;
          expect(journal.lines).toEqual(whole.journal.lines);
          expect(stateOf(paperStrategy(journal))).toEqual(whole.state);
        },
      ),
      {numRuns: 25},
    );
  });

  it('goes on with the sentiment that the journal holds, whatever the series says by now', async () => {
    // A network that looks at every input of its window, sentiment included.
    const {network, ...rest} = fakeModel();
    const model = {...rest, network: new FakeNetwork(network.hyperparameters)};
    await fc.assert(
      fc.asyncProperty(
        fc.integer({min: 595, max: CANDLES.length - 1}),
        fc.constantFrom(undefined, 3, 7.25),
        fc.constantFrom(undefined, 1.125, 6),
        async (cut, before, after) => {
          const atMs = CANDLES[cut]!.openTimeMs;
          const whole = new MemoryJournal();
          const switching = {valueAt: (timeMs: number) => (timeMs < atMs ? before : after)};
          await feed(paperStrategy(whole, {model, sentiment: switching}), CANDLES);

          const parts = new MemoryJournal();
          const first = paperStrategy(parts, {model, sentiment: {valueAt: () => before}});
          await feed(first, CANDLES.slice(0, cut));
          await feed(paperStrategy(parts, {model, sentiment: {valueAt: () => after}}), CANDLES);
          expect(parts.lines).toEqual(whole.lines);
        },
      ),
      {numRuns: 15},
    );
  });
});
