import {existsSync, readFileSync, readdirSync, symlinkSync, truncateSync, writeFileSync} from 'node:fs';
import {lstat} from 'node:fs/promises';
import {join} from 'node:path';
import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {readCandles} from '../../../src/candles/read-candles.js';
import {fetchCandles} from '../../../src/session/fetch-candles.js';
import type {CandleFetch, FetchSummary} from '../../../src/session/fetch-candles.js';
import {rejected} from '../../support/caught.js';
import {LATE_CLOCK} from '../../support/candles.js';
import {temporaryDirectory} from '../../support/temporary-directory.js';
import {HTML} from '../../support/test-exchange/faults.js';
import {KrakenVenue} from '../../support/test-exchange/kraken-venue.js';
import {MarketHistory} from '../../support/test-exchange/market-history.js';
import {HOLES, LISTED_MS, NOW_MS, hour, startBinance} from '../../support/test-exchange/markets.js';
import {TestExchange} from '../../support/test-exchange/test-exchange.js';

const KLINES = '/api/v3/klines';

/** Fetches hourly BTC/USDT from the test exchange as the command does, without its waiting. */
async function fetchFrom(
  exchange: TestExchange,
  out: string,
  options: Partial<CandleFetch> = {},
): Promise<FetchSummary> {
  return await fetchCandles({
    ...{provider: 'binance', symbol: 'BTC/USDT', timeframe: '1h', since: '2024-01-01', out},
    environment: {BINANCE_BASE_URL: exchange.url, KRAKEN_BASE_URL: exchange.url},
    connection: {timeoutMs: 5000, wait: () => Promise.resolve()},
    ...options,
  });
}

async function timesOf(path: string): Promise<number[]> {
  const {history} = await readCandles(path, {clock: LATE_CLOCK});
  return history.filter(({filled}) => filled !== true).map(({openTimeMs}) => openTimeMs);
}

function hoursWithCandles(from: number, to: number): number[] {
  return Array.from({length: to - from}, (_, i) => hour(from + i)).filter(
    (timeMs) => !HOLES.some(({fromMs, toMs}) => timeMs >= fromMs && timeMs < toMs),
  );
}

describe('fetchCandles', () => {
  it.each(['btc.csv', 'btc.csv.gz', 'btc.parquet'])('writes %s, and says what it holds', async (name) => {
    const exchange = await startBinance();
    const directory = temporaryDirectory();
    const out = join(directory, name);
    const progress: [number, number][] = [];
    const summary = await fetchFrom(exchange, out, {onProgress: (...at) => progress.push(at)});
    expect(summary).toEqual({
      ...{provider: 'binance', testnet: false, symbol: 'BTC/USDT', timeframe: '1h', out},
      ...{candles: 2968, fetched: 2968, firstMs: LISTED_MS, lastMs: hour(2999), missing: 32},
      gaps: [
        {fromMs: hour(500), toMs: hour(501), missing: 2},
        {fromMs: hour(1700), toMs: hour(1729), missing: 30},
      ],
      longestGap: {fromMs: hour(1700), toMs: hour(1729), missing: 30},
      warnings: [],
    });
    expect(await timesOf(out)).toEqual(hoursWithCandles(0, 3000));
    expect(readdirSync(directory)).toEqual([name]);
    expect(progress).toEqual([
      [1002, 3000],
      [2032, 3000],
      [3000, 3000],
    ]);
  });

  it.each(['btc.csv', 'btc.csv.gz', 'btc.parquet'])('goes on with a finished %s', async (name) => {
    const exchange = await startBinance();
    const [whole, grown] = [join(temporaryDirectory(), name), join(temporaryDirectory(), name)];
    await fetchFrom(exchange, whole);
    const first = await fetchFrom(exchange, grown, {until: new Date(hour(1710)).toISOString()});
    expect(first).toMatchObject({candles: 1698, fetched: 1698, lastMs: hour(1699)});
    const second = await fetchFrom(exchange, grown, {since: undefined});
    expect(second).toMatchObject({candles: 2968, fetched: 1270, missing: 32, firstMs: LISTED_MS});
    expect(second.gaps).toHaveLength(2);
    expect(readFileSync(grown)).toEqual(readFileSync(whole));
  });

  it('leaves a file alone to which nothing can be added', async () => {
    const exchange = await startBinance();
    const out = join(temporaryDirectory(), 'btc.csv');
    await fetchFrom(exchange, out);
    const before = await lstat(out);
    for (const options of [{}, {until: '2024-02-01'}]) {
      expect(await fetchFrom(exchange, out, options)).toMatchObject({
        candles: 2968,
        fetched: 0,
        warnings: [],
      });
    }
    expect((await lstat(out)).ino).toBe(before.ino);
  });

  it('gives the same file whatever a crash has left of its part', async () => {
    const exchange = await startBinance();
    const until = new Date(hour(1800)).toISOString();
    const whole = join(temporaryDirectory(), 'btc.csv');
    await fetchFrom(exchange, whole, {until});
    const bytes = readFileSync(whole);
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length), async (length) => {
        const out = `${whole}.${String(length)}.csv`;
        writeFileSync(`${out}.part`, bytes.subarray(0, length));
        await fetchFrom(exchange, out, {until});
        expect(readFileSync(out)).toEqual(bytes);
        expect(existsSync(`${out}.part`)).toBe(false);
      }),
      {numRuns: 8, examples: [[0], [37], [38], [bytes.length - 1], [bytes.length]]},
    );
  });

  it('does not take a part for newer than the file that was finished behind it', async () => {
    const exchange = await startBinance();
    const out = join(temporaryDirectory(), 'btc.csv');
    await fetchFrom(exchange, out);
    const whole = readFileSync(out);
    writeFileSync(`${out}.part`, whole);
    truncateSync(`${out}.part`, 5000);
    exchange.nowMs = hour(3010);
    expect(await fetchFrom(exchange, out)).toMatchObject({candles: 2978, fetched: 10});
    expect(readFileSync(out).subarray(0, whole.length)).toEqual(whole);
    expect(existsSync(`${out}.part`)).toBe(false);
  });

  it('keeps what it has where the exchange fails, says so, and goes on from there', async () => {
    const exchange = await startBinance();
    const out = join(temporaryDirectory(), 'btc.csv');
    exchange.fail(KLINES, {kind: 'answer', status: 502, body: HTML}, {skip: 2, times: 7});
    const notes: string[] = [];
    const error = await rejected(fetchFrom(exchange, out, {onNote: (text) => notes.push(text)}));
    expect(error).toMatchObject({code: 'EXCHANGE_FAILED', exitCode: 5});
    expect(notes).toHaveLength(7);
    expect(notes[0]).toMatch(/^asking again in 0\.5 s: binance: .*502/);
    expect(notes.at(-1)).toBe(`2000 candles are in "${out}.part", and the same command goes on behind them`);
    expect(existsSync(out)).toBe(false);
    expect(await timesOf(`${out}.part`)).toEqual(hoursWithCandles(0, 2032));
    expect(await fetchFrom(exchange, out)).toMatchObject({candles: 2968, fetched: 968});
    expect(await timesOf(out)).toEqual(hoursWithCandles(0, 3000));
  });

  it('stops at an abort with what it has, and says where that is', async () => {
    const exchange = await startBinance();
    const out = join(temporaryDirectory(), 'btc.parquet');
    const controller = new AbortController();
    exchange.onRequest = ({path}) => {
      if (path === KLINES && exchange.count(KLINES) === 2) controller.abort();
    };
    const error = await rejected(fetchFrom(exchange, out, {signal: controller.signal}));
    expect(error).toMatchObject({code: 'INTERRUPTED', exitCode: 1});
    expect(error.message).toBe(
      `stopped by a signal; 1000 candles are in "${out}.part", and the same command goes on behind them`,
    );
    expect(await fetchFrom(exchange, out)).toMatchObject({candles: 2968, fetched: 1968});
    const early = join(temporaryDirectory(), 'btc.csv');
    const nothing = await rejected(fetchFrom(exchange, early, {signal: AbortSignal.abort()}));
    expect(nothing.message).toBe(`stopped by a signal; nothing was written to "${early}"`);
    expect(existsSync(`${early}.part`)).toBe(false);
  });

  it('refuses to go on with candles of another market, of another timeframe, or of nobody', async () => {
    const exchange = await startBinance();
    const out = join(temporaryDirectory(), 'btc.csv');
    await fetchFrom(exchange, out, {until: '2024-02-01'});
    const before = readFileSync(out);
    const market = await rejected(fetchFrom(exchange, out, {symbol: 'ETH/USDT'}));
    expect(market).toMatchObject({code: 'OUTPUT_MISMATCH', exitCode: 2});
    expect(market.message).toMatch(
      /last candle of ".*btc\.csv" is that of 2024-01-31T23:00.* but binance has open "/,
    );
    expect(await rejected(fetchFrom(exchange, out, {timeframe: '5m'}))).toMatchObject({
      code: 'OUTPUT_MISMATCH',
    });
    expect(await rejected(fetchFrom(exchange, out, {symbol: 'ETH/USDT', until: '2024-01-15'}))).toMatchObject(
      {
        code: 'OUTPUT_MISMATCH',
      },
    );
    const rows = before.toString().trim().split('\n');
    writeFileSync(out, [...rows.slice(0, 501), `${hour(500)},100,110,90,105,5`].join('\n'));
    expect((await rejected(fetchFrom(exchange, out))).message).toMatch(
      /binance has none before 2024-01-21T22:00/,
    );
    writeFileSync(out, before);
    exchange.fail(KLINES, {kind: 'answer', body: '[]'}, {times: 9});
    expect((await rejected(fetchFrom(exchange, out))).message).toMatch(/but binance has no candle then/);
    expect(readFileSync(out)).toEqual(before);
  });

  it('says that a history begins later than was asked', async () => {
    const exchange = await startBinance();
    const out = join(temporaryDirectory(), 'btc.csv');
    const {warnings} = await fetchFrom(exchange, out, {since: '2023-12-01'});
    expect(warnings).toEqual([
      'binance has no earlier candles: asked from 2023-12-01T00:00:00.000Z, the first candle is that of 2024-01-01T00:00:00.000Z',
    ]);
    const again = await fetchFrom(exchange, out, {since: '2023-12-01'});
    expect(again.warnings).toEqual([
      expect.stringMatching(/begins at 2024-01-01.*later than --since; nothing is added/),
    ]);
  });

  it('says that an exchange gives its newest candles alone', async () => {
    const exchange = await TestExchange.start(
      new KrakenVenue(new MarketHistory({listedMs: LISTED_MS})),
      NOW_MS,
    );
    const out = join(temporaryDirectory(), 'btc.csv');
    const kraken = {provider: 'kraken', symbol: 'BTC/USD'};
    const {warnings, candles} = await fetchFrom(exchange, out, kraken);
    expect(candles).toBe(719);
    expect(warnings).toEqual([
      expect.stringMatching(
        /^kraken gives only its newest 719 1h candles, however far back it is asked: asked from 2024-01-01/,
      ),
    ]);
    exchange.nowMs = hour(3100);
    expect(await fetchFrom(exchange, out, {...kraken, since: undefined})).toMatchObject({
      candles: 819,
      warnings: [],
    });
    exchange.nowMs = hour(4000);
    const late = await rejected(fetchFrom(exchange, out, kraken));
    expect(late.message).toMatch(/kraken has none before .*the exchange no longer goes back so far/);
  });

  it.each([
    [{since: undefined}, 'USAGE', /is not there yet; say with --since/],
    [{since: '2024'}, 'CONFIG_INVALID', /--since was "2024", want a time in UTC/],
    [{since: 'yesterday'}, 'CONFIG_INVALID', /--since was "yesterday"/],
    [{until: '2024-02-30'}, 'CONFIG_INVALID', /--until was "2024-02-30"/],
    [{until: '2023-01-01'}, 'USAGE', /--until was "2023-01-01", want a time behind --since, "2024-01-01"/],
    [{timeframe: '1x'}, 'CONFIG_INVALID', /timeframe was "1x"/],
    [{timeframe: '2m'}, 'CONFIG_INVALID', /binance does not have/],
    [{symbol: 'DOGE/USDT'}, 'SYMBOL_UNKNOWN', /DOGE/],
    [{provider: 'nowhere'}, 'PROVIDER_UNSUPPORTED', /nowhere/],
    [{out: '-'}, 'USAGE', /--out was "-"/],
    [{out: ''}, 'USAGE', /--out was ""/],
    [{out: '.'}, 'FILE_UNREADABLE', /directory/],
    [{since: '2025-01-01'}, 'CANDLES_EMPTY', /no 1h candle from 2025-01-01.* has closed yet at binance/],
    [
      {since: '2023-01-01', until: '2023-06-01'},
      'CANDLES_EMPTY',
      /binance has no 1h candle of BTC\/USDT from/,
    ],
  ] as const)('refuses %j', async (options, code, message) => {
    const directory = temporaryDirectory();
    const error = await rejected(fetchFrom(await startBinance(), join(directory, 'btc.csv'), options));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
    expect(readdirSync(directory)).toEqual([]);
  });

  it('writes what a link points to', async () => {
    const directory = temporaryDirectory();
    const [target, link] = [join(directory, 'target.csv'), join(directory, 'link.csv')];
    writeFileSync(target, '');
    symlinkSync(target, link);
    await fetchFrom(await startBinance(), link);
    expect((await lstat(link)).isSymbolicLink()).toBe(true);
    expect(await timesOf(target)).toHaveLength(2968);
    const inFile = join(target, 'x.csv');
    expect(await rejected(fetchFrom(await startBinance(), inFile))).toMatchObject({code: 'OUTPUT_FAILED'});
  });
});
