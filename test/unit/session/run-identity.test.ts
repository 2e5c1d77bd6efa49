import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {gunzipSync} from 'node:zlib';
import {describe, expect, it} from 'vitest';
import {marketRulesFor} from '../../../src/exchange/market-rules.js';
import {openRun} from '../../../src/session/recorded-run.js';
import {identityDifferences, isSetting, named, readIdentity} from '../../../src/session/run-identity.js';
import {statusIn, statusOf, statusOfAll} from '../../../src/session/run-status.js';
import {reportOf} from '../../../src/session/run-report.js';
import {Journal} from '../../../src/store/journal.js';
import {caught} from '../../support/caught.js';
import {temporaryDirectory} from '../../support/temporary-directory.js';

const FIXTURE = new URL('../../fixtures/journal/v1.sqlite.gz', import.meta.url);

function earlierJournal(): string {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, 'journal.sqlite'), gunzipSync(readFileSync(FIXTURE)));
  return directory;
}

describe('the identity of a run', () => {
  it('is read of a journal of version 1 with what that version did', () => {
    const run = openRun(earlierJournal());
    run.journal.close();
    expect(run.identity).toMatchObject({
      ...{strategy: 'dl-trade-lstm', broker: 'paper', exits: {}, startingCashQuote: 10_000},
      limits: {maxDailyDrawdown: 0.05, maxOpenPositions: 3, cooldownMs: 10_800_000, maxAbsInput: 100},
    });
    expect(run.identity.rules).toBeUndefined();
    expect(run.rules).toEqual(marketRulesFor('BTC/USDT'));
  });

  it('says of two runs where they differ, and takes what version 1 does not say for the same', () => {
    const run = openRun(earlierJournal());
    run.journal.close();
    const now = {
      ...run.identity,
      rules: {
        ...{symbol: 'BTC/USDT', base: 'BTC', quote: 'USDT', lotSizeBase: '1', tickSizeQuote: '1'},
        ...{minQuantityBase: '1', minNotionalQuote: '5'},
      },
    };
    expect(identityDifferences(run.identity, now)).toEqual([]);
    expect(identityDifferences(now, {...now, limits: {...now.limits, cooldownMs: 0}})).toEqual([
      {path: 'limits.cooldownMs', was: 10_800_000, now: 0},
    ]);
    expect(identityDifferences(now, {...now, exits: {stopLoss: 0.1}})).toMatchObject([
      {path: 'exits.stopLoss'},
    ]);
  });

  it('has settings, which may change in a later life, and all else, which may not', () => {
    const run = openRun(earlierJournal());
    run.journal.close();
    const {limits, ...rest} = run.identity;
    const settings = ['threshold', 'maxPositionSizeQuote', 'exits', 'exits.stopLoss', 'exits.restingStop'];
    for (const path of [...settings, ...Object.keys(limits).map((name) => `limits.${name}`)])
      expect([path, isSetting(path)]).toEqual([path, true]);
    const others = Object.keys(rest).filter((name) => !settings.includes(name));
    expect(others).toContain('startingCashQuote');
    for (const path of [...others, 'rules.lotSizeBase', 'kernel.name', 'feed.source', 'limitsOfOthers'])
      expect([path, isSetting(path)]).toEqual([path, false]);
  });

  it('has a name that no other run at a shared venue has, and keeps it when it goes on', () => {
    const run = openRun(earlierJournal());
    run.journal.close();
    const {identity} = run;
    const [one, other] = [named(identity, undefined, 'shared'), named(identity, undefined, 'shared')];
    expect(one.strategy).toMatch(/^dl-trade-lstm-[0-9a-f]{8}$/);
    expect(other.strategy).not.toBe(one.strategy);
    expect(named(identity, one, 'shared')).toEqual(one);
    // The same run on paper is the same to the byte.
    expect(named(identity, undefined, 'own')).toBe(identity);
  });

  it.each(['{}', '{"strategy": 3}', '"a"', '{"timeframe":"1h","maxDailyDrawdown":0.1,"maxOpenPositions":3}'])(
    'is refused where the line says %s',
    (body) => {
      expect(caught(() => readIdentity(body, 'state')).message).toMatch(/does not say which run it is of/);
    },
  );
});

describe('a journal of version 1', () => {
  it('has a status and a report', () => {
    const directory = earlierJournal();
    expect(statusOf(directory)).toMatchObject({
      ...{model: 'lstm', symbol: 'BTC/USDT', timeframe: '1h', broker: 'paper', source: 'sim'},
      ...{state: 'stopped', pid: null, halted: null, haltOrdered: null, decisions: 60},
    });
    const report = reportOf(directory);
    expect(report.summary).toMatchObject({orders: 14, fills: 13, decisions: 60});
    expect(report.trades.closed).toBe(6);
    expect(report.performance?.candles).toBe(60);
  });
});

describe('a journal without a run', () => {
  it('is refused with what to do', () => {
    const directory = temporaryDirectory();
    Journal.open(directory, {nowMs: () => 0}, 'process').close();
    expect(caught(() => statusOf(directory)).message).toMatch(/holds no run yet/);
    expect(statusIn(directory)).toEqual({stateDirectory: directory, state: 'no run yet'});
    expect(statusOfAll(directory)).toEqual([{stateDirectory: directory, state: 'no run yet'}]);
    expect(caught(() => reportOf(join(directory, 'nowhere'))).code).toBe('JOURNAL_FAILED');
  });
});
