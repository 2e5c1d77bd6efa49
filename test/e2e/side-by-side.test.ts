import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it, onTestFinished} from 'vitest';
import {Decimal} from '../../src/domain/decimal.js';
import {CLI, ROOT, runCli} from '../support/cli.js';
import {addonIsBuilt} from '../support/native.js';
import {withoutProgress} from '../support/progress-lines.js';
import {JournalFacts} from '../support/soak/journal-facts.js';
import {booksOf} from '../support/soak/laws.js';
import {live} from '../support/soak/one-life.js';
import type {Ending, LifeOptions, LifeResult} from '../support/soak/one-life.js';
import {heal} from '../support/soak/random-faults.js';
import {DEPOSITS, SoakExchange} from '../support/soak/soak-exchange.js';
import {temporaryDirectory} from '../support/temporary-directory.js';

const MODELS = ['lstm', 'transformer'] as const;

async function place(seed: number): Promise<{
  soak: SoakExchange;
  run: (model: LifeOptions['model'], ending: Ending, stateDir?: string) => Promise<LifeResult>;
  journal: (stateDir: string) => JournalFacts;
  folder: string;
}> {
  const soak = await SoakExchange.listen(seed);
  onTestFinished(() => soak.stop());
  const folder = temporaryDirectory();
  return {
    ...{soak, folder},
    run: (model, ending, stateDir = model) =>
      live({
        ...{model, folder, soak, ending, withinMs: 150_000, haltFile: join(folder, stateDir, 'halt.json')},
        flags: ['--state-dir', stateDir],
      }),
    journal: (stateDir) => new JournalFacts(join(folder, stateDir)),
  };
}

/** What the account gained since it was opened, and what the books of all its strategies say that it did. */
function moved(soak: SoakExchange, journals: readonly JournalFacts[]): [string, string][] {
  const books = journals.map(({fills}) => booksOf(fills));
  const sum = (of: (book: (typeof books)[number]) => Decimal): Decimal =>
    books.reduce((total, book) => total.plus(of(book)), new Decimal(0));
  const {account} = soak.venue.orders;
  return [
    [account.total('BTC').minus(DEPOSITS.BTC).toFixed(), sum(({base}) => base).toFixed()],
    [
      account.total('USDT').minus(DEPOSITS.USDT).toFixed(),
      sum(({cash}) => cash)
        .minus(5000 * books.length)
        .toFixed(),
    ],
  ];
}

async function expectSound(folder: string, stateDir: string, facts: JournalFacts): Promise<void> {
  const replay = await runCli(['replay', '--state-dir', stateDir, '--models-dir', join(ROOT, 'models')], {
    cwd: folder,
  });
  expect(withoutProgress(replay.stderr)).toBe('');
  expect(replay.code).toBe(0);
  expect(facts.brokenAt).toBeUndefined();
  expect(facts.openOrders).toEqual([]);
}

describe.skipIf(!addonIsBuilt || !existsSync(CLI))('strategies at one account of one exchange', () => {
  it('trade side by side, each in a process of its own, and share nothing', {timeout: 400_000}, async () => {
    const {soak, run, journal, folder} = await place(3);
    // An order of the one rests there while the other begins: it is somebody else's, and no reason to halt.
    const restsMs = 60_000;
    Object.assign(soak.venue.orders.behaviour, {fillAfterMs: restsMs});
    await run('lstm', {kind: 'killed-by-exchange', when: 'taken', order: 1});
    const [resting] = soak.ours;
    const beside = await run('transformer', {kind: 'candles', decided: 2});
    expect(beside.stderr).toContain(
      `order ${String(resting!.orderId)} at binance test network is none of ours`,
    );
    expect(journal('transformer').lines.some(({kind}) => kind === 'unresolved')).toBe(false);

    heal(soak);
    soak.shiftClock(restsMs);
    const decided = restsMs / 1000 + 24;
    const both = await Promise.all(MODELS.map((model) => run(model, {kind: 'candles', decided})));
    expect(both.map(({code}) => code)).toEqual([0, 0]);
    for (const model of MODELS) expect((await run(model, {kind: 'candles', decided: 1})).code).toBe(0);
    const journals = MODELS.map(journal);
    const ids = journals.map(({orders}) => orders.map(({clientOrderId}) => clientOrderId));
    expect(Math.min(...ids.map(({length}) => length))).toBeGreaterThan(1);
    const taken = soak.ours.map(({clientOrderId}) => clientOrderId);
    expect(taken.toSorted()).toEqual(ids.flat().toSorted());
    expect(new Set(taken).size).toBe(taken.length);
    for (const [here, there] of moved(soak, journals)) expect(here).toBe(there);
    for (const [index, model] of MODELS.entries()) await expectSound(folder, model, journals[index]!);
  });

  it(
    'never share an order id, be they of the same model on the same candles',
    {timeout: 400_000},
    async () => {
      const {soak, run, journal, folder} = await place(3);
      const both = await Promise.all(
        ['one', 'other'].map((stateDir) => run('lstm', {kind: 'candles', decided: 8}, stateDir)),
      );
      expect(both.map(({code}) => code)).toEqual([0, 0]);
      for (const stateDir of ['one', 'other']) await run('lstm', {kind: 'candles', decided: 1}, stateDir);
      const journals = ['one', 'other'].map(journal);
      const [one, other] = journals.map(({orders}) => orders);
      const openTimes = journals.map(({lines}) =>
        lines.filter(({kind}) => kind === 'order').map(({candleMs}) => candleMs),
      );
      expect(openTimes[0]!.some((time) => openTimes[1]!.includes(time))).toBe(true);
      const ids = new Set(one!.map(({clientOrderId}) => clientOrderId));
      expect(other!.filter(({clientOrderId}) => ids.has(clientOrderId))).toEqual([]);
      for (const [here, there] of moved(soak, journals)) expect(here).toBe(there);
      for (const [index, stateDir] of ['one', 'other'].entries())
        await expectSound(folder, stateDir, journals[index]!);
    },
  );
});
