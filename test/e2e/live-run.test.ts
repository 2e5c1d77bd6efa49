import {existsSync, statSync} from 'node:fs';
import {setTimeout as sleep} from 'node:timers/promises';
import {describe, expect, it, onTestFinished} from 'vitest';
import {CLI, ROOT, runCli} from '../support/cli.js';
import {addonIsBuilt} from '../support/native.js';
import type {JournalFacts, JournalLine} from '../support/soak/journal-facts.js';
import type {LifeResult} from '../support/soak/one-life.js';
import {SoakRun} from '../support/soak/soak-run.js';

async function begin(seed = 3): Promise<SoakRun> {
  const run = await SoakRun.begin({model: 'lstm', seed});
  onTestFinished(() => run.end());
  return run;
}

/** Looks at the run until something is so; a run that ends before is one too few. */
async function until(
  run: SoakRun,
  life: Promise<LifeResult>,
  isSo: (journal: JournalFacts) => boolean,
): Promise<void> {
  let ended: LifeResult | undefined;
  void life.then((result) => (ended = result));
  while (!isSo(run.journal)) {
    if (ended !== undefined) throw new Error(`the run ended first: ${ended.stdout}${ended.stderr}`);
    await sleep(50);
  }
}

const lastOf = ({lines}: JournalFacts, kind: string): JournalLine | undefined =>
  lines.findLast((line) => line.kind === kind);

const held = ({fills}: JournalFacts): boolean => fills.at(-1)?.side === 'buy';

/** Its log without the quoting of JSON. */
const said = ({stderr}: LifeResult): string => stderr.replaceAll('\\"', '"');

describe.skipIf(!addonIsBuilt || !existsSync(CLI))('a live run', () => {
  it(
    'keeps a second process out of its state directory, which takes over once it is killed',
    {timeout: 400_000},
    async () => {
      const run = await begin();
      const end = new AbortController();
      const first = run.live({kind: 'killed-at', signal: end.signal});
      await until(run, first, ({decisions}) => decisions > 0);
      const second = await runCli([
        '--model',
        'lstm',
        '--models-dir',
        `${ROOT}models`,
        '--state-dir',
        run.stateDirectory,
      ]);
      expect(second.stderr).toMatch(
        /^dl-trade: state directory ".*" is in use by process \d+; stop it, or name another --state-dir \[STATE_LOCKED\]\n$/,
      );
      expect(second.code).toBe(2);
      end.abort();
      expect(await first).toMatchObject({asPlanned: true, signal: 'SIGKILL'});
      const third = await run.live({kind: 'candles', decided: run.journal.decisions + 2});
      expect(third.stdout).toContain('going on with');
      expect(third.code).toBe(0);
      expect(await run.settle()).toEqual([]);
    },
  );

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'stops at a %s with an order under way, and knows later what became of it',
    {timeout: 400_000},
    async (signal) => {
      const run = await begin();
      Object.assign(run.soak.venue.orders.behaviour, {fillAfterMs: 60_000});
      const life = await run.live({kind: 'signalled', signal, ms: 'at an order'});
      expect(life).toMatchObject({asPlanned: true, code: 0, signal: null});
      expect(life.stdout).toContain('Stopped: BTC/USDT 1s');
      expect(life.stdout).toMatch(
        /^ {2}open orders {2}1: buy [\d.]+ BTC at .*, its end not known yet; start again to settle it$/m,
      );
      expect(run.journal.openOrders).toHaveLength(1);
      run.soak.shiftClock(60_000);
      expect(await run.settle()).toEqual([]);
    },
  );

  it(
    'goes through a lost network, then catches up without a missed or a doubled decision',
    {timeout: 900_000},
    async () => {
      const run = await begin();
      const {exchange, ours} = run.soak;
      Object.assign(run.soak.venue.orders.behaviour, {fillAfterMs: 3000});
      const lifetime = run.live({kind: 'candles', decided: 720}, {withinMs: 600_000});
      await until(run, lifetime, () => run.soak.ours.length > ours.length);
      exchange.fail('*', {kind: 'dropped', when: 'before'}, {times: Infinity});
      const lostMs = exchange.nowMs;
      // Ten minutes of candles, of which a minute really passes.
      run.soak.shiftClock(600_000);
      await sleep(61_000);
      expect(lastOf(run.journal, 'step')!.candleMs! + 1000).toBeLessThanOrEqual(lostMs);
      exchange.heal();
      const life = await lifetime;
      expect(life).toMatchObject({code: 0, signal: null});
      // Whoever asks first says so: the candles, the clock, or an order under way.
      expect(life.stderr).toMatch(/trying again (?:in \d+ s|until it answers)/);
      expect(run.journal.decisions).toBe(720);
      expect(await run.settle()).toEqual([]);
    },
  );

  it(
    'goes on with tighter settings behind an open position, says which, and replays; another cash it refuses',
    {timeout: 400_000},
    async () => {
      const run = await begin();
      const loose = ['--stop-loss', '5', '--resting-stop', '--max-holding', '1h'];
      const crash = {kind: 'crash-point', point: 'after-stop-submit', crossing: 1} as const;
      expect(await run.live(crash, {flags: loose})).toMatchObject({asPlanned: true});
      expect(run.soak.stops.map(({status}) => status)).toEqual(['NEW']);
      const tight = ['--stop-loss', '3', '--resting-stop', '--max-holding', '1h', '--threshold', '0.99'];
      const ending = {kind: 'candles', decided: run.journal.decisions + 2} as const;
      const life = await run.live(ending, {flags: tight});
      expect(life.code).toBe(0);
      expect(said(life)).toContain('from here on: exits.stopLoss was "0.05" until now, now it is "0.03"');
      expect(said(life)).toContain('from here on: threshold was "0.5" until now, now it is "0.99"');
      const [first, second] = run.soak.stops;
      expect(first!.status).toBe('CANCELED');
      expect(second!.stopPrice!.gt(first!.stopPrice!)).toBe(true);
      expect(run.journal.lines.filter(({kind}) => kind === 'session')).toHaveLength(2);
      // It goes back to what it began with, whose exits close the position.
      expect(await run.settle()).toEqual([]);
      const other = await run.live({kind: 'candles', decided: 1}, {flags: [...tight, '--cash', '4000']});
      expect(said(other)).toMatch(/startingCashQuote was "5000" there, now it is "4000".*\[STATE_MISMATCH\]/);
    },
  );

  it('obeys halt, and halt --flatten, from another terminal at once', {timeout: 400_000}, async () => {
    const run = await begin();
    const end = new AbortController();
    const lifetime = run.live({kind: 'killed-at', signal: end.signal}, {withinMs: 300_000});
    const obey = async (kind: 'halt' | 'resume', ...flags: string[]): Promise<JournalLine> => {
      const before = run.journal.lines.length;
      const told = await runCli([kind, ...flags, '--json', '--state-dir', run.stateDirectory]);
      const [{running, confirmed}] = JSON.parse(told.stdout) as [{running: boolean; confirmed: boolean}];
      expect(running).toBe(true);
      const isBehind = ({lines}: JournalFacts): boolean =>
        lines.some((line) => line.seq > before && line.kind === kind);
      // The command asks for three seconds, which a busy machine may not have.
      if (confirmed) expect(isBehind(run.journal)).toBe(true);
      else await until(run, lifetime, isBehind);
      return lastOf(run.journal, kind)!;
    };
    const moreDecisions = async (): Promise<void> => {
      const {decisions} = run.journal;
      await until(run, lifetime, (now) => now.decisions >= decisions + 4);
    };
    const opened = ({seq}: JournalLine): JournalLine[] =>
      run.journal.lines.filter(
        (line) => line.seq > seq && line.kind === 'order' && line.body['reduceOnly'] !== true,
      );

    await until(run, lifetime, held);
    const halted = await obey('halt', '--flatten');
    const tookMs = halted.recordedAtMs - (halted.body['requestedAtMs'] as number);
    process.stderr.write(`halt --flatten: in the journal after ${String(tookMs)} ms\n`);
    const orderedMs = statSync(run.haltFile).ctimeMs;
    const before = run.journal.lines.filter(
      ({kind, recordedAtMs, seq}) => kind === 'step' && recordedAtMs > orderedMs && seq < halted.seq,
    );
    // One may have been under way.
    expect(before.length).toBeLessThanOrEqual(1);
    await until(run, lifetime, (now) => !held(now) && now.openOrders.length === 0);
    await moreDecisions();
    expect(opened(halted)).toEqual([]);

    const resumed = await obey('resume');
    await until(run, lifetime, () => opened(resumed).length > 0);
    const again = await obey('halt');
    await moreDecisions();
    expect(opened(again)).toEqual([]);
    end.abort();
    expect(await lifetime).toMatchObject({asPlanned: true, signal: 'SIGKILL'});
    expect(await run.settle()).toEqual([]);
  });
});
