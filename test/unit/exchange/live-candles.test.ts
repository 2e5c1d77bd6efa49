import {describe, expect, it} from 'vitest';
import type {Candle} from '../../../src/domain/candle.js';
import {LiveCandles} from '../../../src/exchange/live-candles.js';
import type {LiveCandlesOptions} from '../../../src/exchange/live-candles.js';
import {connect} from '../../support/test-exchange/connect.js';
import {HTML} from '../../support/test-exchange/faults.js';
import {NOW_MS, hour, startBinance} from '../../support/test-exchange/markets.js';
import type {TestExchange} from '../../support/test-exchange/test-exchange.js';

const HOUR = {name: '1h', ms: 3_600_000};
const KLINES = '/api/v3/klines';
/** Index of the last candle that has closed when a test begins. */
const LAST = 2999;

/** Live candles at an exchange whose time passes only while they wait. */
async function live(
  exchange: TestExchange,
  {history = 5, wait}: {history?: number; wait?: LiveCandlesOptions['wait']} = {},
): Promise<{source: LiveCandles; notes: string[]; waits: number[]}> {
  const {connection} = await connect(exchange, {nowMs: () => exchange.nowMs, paced: false});
  const notes: string[] = [];
  const waits: number[] = [];
  const source = await LiveCandles.open(connection, {
    ...{symbol: 'BTC/USDT', timeframe: HOUR, history, onNote: (text) => notes.push(text)},
    wait:
      wait
      ?? ((ms) => {
        waits.push(ms);
        exchange.nowMs += ms;
        return Promise.resolve();
      }),
  });
  return {source, notes, waits};
}

async function take(source: LiveCandles, count: number, after?: Candle): Promise<Candle[]> {
  const taken: Candle[] = [];
  for await (const candle of source.candles(undefined, after)) {
    taken.push(candle);
    if (taken.length === count) break;
  }
  return taken;
}

const indices = (candles: readonly Candle[]): number[] =>
  candles.map(({openTimeMs}) => (openTimeMs - hour(0)) / HOUR.ms);

const from = (first: number, count: number): number[] => Array.from({length: count}, (_, i) => first + i);

describe('LiveCandles', () => {
  it('gives the history, then each candle once it has closed, within seconds of its close', async () => {
    const exchange = await startBinance();
    const {source, notes} = await live(exchange);
    const seen: number[] = [];
    for await (const candle of source.candles()) {
      const closedForMs = exchange.nowMs - (candle.openTimeMs + HOUR.ms);
      expect(closedForMs).toBeGreaterThan(0);
      if (seen.length >= 5) expect(closedForMs).toBeLessThan(5000);
      seen.push(...indices([candle]));
      if (seen.length === 9) break;
    }
    expect(seen).toEqual(from(LAST - 4, 9));
    expect(notes).toEqual([]);
  });

  it('asks for no candle while none can have closed', async () => {
    const exchange = await startBinance();
    const {source, waits} = await live(exchange);
    await take(source, 6);
    expect(exchange.count(KLINES)).toBe(2);
    expect(waits).toEqual([HOUR.ms / 2 + 1000]);
  });

  it('keeps up with a clock of this machine that drifts away', async () => {
    const exchange = await startBinance();
    let aheadMs = 0;
    const {connection} = await connect(exchange, {nowMs: () => exchange.nowMs + aheadMs, paced: false});
    const source = await LiveCandles.open(connection, {
      ...{symbol: 'BTC/USDT', timeframe: HOUR, history: 5},
      wait: (ms) => {
        exchange.nowMs += ms;
        aheadMs += 4000;
        return Promise.resolve();
      },
    });
    await take(source, 9);
    expect(aheadMs).toBe(16_000);
    expect(connection.clockMs).toBeLessThan(exchange.nowMs + 1000);
  });

  it('polls for a candle that is late', async () => {
    const exchange = await startBinance();
    const {source, notes, waits} = await live(exchange);
    exchange.fail(KLINES, {kind: 'answer', body: '[]'}, {skip: 1, times: 4});
    const candles = await take(source, 6);
    expect(indices(candles).at(-1)).toBe(LAST + 1);
    expect(candles.at(-1)!.filled).toBeUndefined();
    expect(waits.slice(-4)).toEqual([500, 1000, 2000, 4000]);
    expect(notes).toEqual([]);
  });

  it('looks again before it believes a hole in front of the newest candle', async () => {
    const exchange = await startBinance();
    const {source} = await live(exchange);
    const withoutFirst = {kind: 'rewrite', change: (rows: unknown) => (rows as unknown[]).slice(1)} as const;
    let asked = 0;
    exchange.onRequest = ({path}) => {
      // Two candles have closed by the time that is asked again, of which the newer one shows up first.
      if (path === KLINES && ++asked === 2) exchange.nowMs = hour(LAST + 3) + 5000;
    };
    exchange.fail(KLINES, {kind: 'answer', body: '[]'}, {skip: 1});
    exchange.fail(KLINES, withoutFirst, {times: 2});
    const candles = await take(source, 7);
    expect(indices(candles)).toEqual(from(LAST - 4, 7));
    expect(candles.every(({filled}) => filled === undefined)).toBe(true);
  });

  it('fills what never was, flat and flagged', async () => {
    const exchange = await startBinance();
    exchange.nowMs = hour(500.5);
    const {source} = await live(exchange);
    const short = await take(source, 8);
    expect(indices(short)).toEqual(from(495, 8));
    expect(short.map(({filled}) => filled === true)).toEqual([
      ...[false, false, false, false, false],
      ...[true, true, false],
    ]);
  });

  it('goes through hours without an answer, then gives every candle that it missed', async () => {
    const exchange = await startBinance();
    const {source, notes} = await live(exchange);
    exchange.fail('/api/v3/time', {kind: 'dropped', when: 'before'}, {skip: 3, times: 7 * 140});
    const candles = await take(source, 9);
    expect(indices(candles)).toEqual(from(LAST - 4, 9));
    expect(exchange.nowMs - NOW_MS).toBeGreaterThan(2 * HOUR.ms);
    expect(notes[0]).toContain('trying again until it answers');
    expect(notes.at(-1)).toMatch(/answers again after about \d+ s; catching up/);
    // One at its beginning, one every ten minutes, one at its end.
    expect(notes.length).toBeLessThan(30);
  });

  it('waits as long as a ban says, and takes nonsense for an outage', async () => {
    const exchange = await startBinance();
    const {source, notes, waits} = await live(exchange);
    exchange.fail('/api/v3/time', {
      ...{kind: 'answer', status: 418, body: '{"code":-1003,"msg":"banned"}'},
      headers: {'retry-after': '900'},
    });
    await take(source, 6);
    expect(waits).toContain(900_000);
    exchange.fail(KLINES, {kind: 'answer', body: HTML}, {times: 3});
    expect(indices(await take(source, 7))).toEqual(from(LAST - 4, 7));
    expect(notes.filter((note) => note.includes('trying again'))).toHaveLength(2);
  });

  it('goes on behind the candle that an earlier run ended with, holes since then included', async () => {
    const exchange = await startBinance();
    const {source} = await live(exchange);
    const [earlier] = await take((await live(exchange, {history: 40})).source, 1);
    expect(indices(await take(source, 45, earlier))).toEqual(from(LAST - 38, 45));
    exchange.nowMs = hour(1730.5);
    const before = (await take((await live(exchange, {history: 31})).source, 1))[0]!;
    const [next] = await take((await live(exchange)).source, 1, before);
    expect(next).toMatchObject({openTimeMs: hour(1730), afterGap: true});
  });

  it('ends where waiting cannot help', async () => {
    const exchange = await startBinance();
    const {source} = await live(exchange);
    exchange.fail(KLINES, {kind: 'answer', status: 400, body: '{"code":-1121,"msg":"Invalid symbol."}'});
    await expect(take(source, 6)).rejects.toMatchObject({code: 'EXCHANGE_FAILED'});
  });

  it('stops at once at an abort, also while it waits', async () => {
    const exchange = await startBinance();
    const controller = new AbortController();
    const reason = new Error('enough');
    const {source} = await live(exchange, {
      wait: (_, signal) =>
        new Promise((_resolve, reject) => {
          signal!.addEventListener('abort', () => {
            reject(new Error('the timer was cleared'));
          });
          controller.abort(reason);
        }),
    });
    const all = async (): Promise<void> => {
      for await (const {close} of source.candles(controller.signal)) expect(close).toBeGreaterThan(0);
    };
    await expect(all()).rejects.toBe(reason);
  });
});
