import {describe, expect, it} from 'vitest';
import {isOnGrid} from '../../../src/candles/check-candle.js';
import type {Candle} from '../../../src/domain/candle.js';
import {CcxtCandles} from '../../../src/exchange/ccxt-candles.js';
import type {CandlePage} from '../../../src/exchange/ccxt-candles.js';
import {rejected} from '../../support/caught.js';
import {connect} from '../../support/test-exchange/connect.js';
import {HTML} from '../../support/test-exchange/faults.js';
import {BinanceVenue} from '../../support/test-exchange/binance-venue.js';
import {KrakenVenue} from '../../support/test-exchange/kraken-venue.js';
import {MarketHistory} from '../../support/test-exchange/market-history.js';
import {HOLES, LISTED_MS, NOW_MS, hour, startBinance} from '../../support/test-exchange/markets.js';
import {TestExchange} from '../../support/test-exchange/test-exchange.js';

const HOUR = {name: '1h', ms: 3_600_000};
const KLINES = '/api/v3/klines';

interface Opened {
  readonly exchange: TestExchange;
  readonly waits: readonly number[];
  readonly candles: CcxtCandles;
}

async function open(
  exchange: TestExchange,
  {
    provider = 'binance',
    symbol = 'BTC/USDT',
    sinceMs = LISTED_MS,
    untilMs,
  }: {
    provider?: string;
    symbol?: string;
    sinceMs?: number;
    untilMs?: number;
  } = {},
): Promise<Opened> {
  const {connection, waits} = await connect(exchange, {provider});
  const candles = await CcxtCandles.open(connection, {symbol, timeframe: HOUR, sinceMs, untilMs});
  return {exchange, waits, candles};
}

async function pagesOf(candles: CcxtCandles): Promise<CandlePage[]> {
  const pages: CandlePage[] = [];
  for await (const page of candles.pages()) pages.push(page);
  return pages;
}

async function candlesOf(candles: CcxtCandles): Promise<Candle[]> {
  return (await pagesOf(candles)).flatMap((page) => page.candles);
}

/** What the market had in [from, to) hours after its listing. */
function truth(from: number, to: number): Candle[] {
  const history = new MarketHistory({listedMs: LISTED_MS, holes: HOLES});
  return history
    .klines({fromMs: hour(from), toMs: hour(to) - 1, stepMs: HOUR.ms, limit: Infinity})
    .map(({openTimeMs, open: first, high, low, close, volume}) => ({
      ...{openTimeMs, open: Number(first), high: Number(high), low: Number(low)},
      ...{close: Number(close), volume: Number(volume)},
    }));
}

describe('CcxtCandles', () => {
  it('gives every closed candle of the exchange once, in order, and never the open one', async () => {
    const {candles, exchange} = await open(await startBinance());
    expect(await candlesOf(candles)).toEqual(truth(0, 3000));
    expect(exchange.count(KLINES)).toBe(3);
  });

  it('begins and ends where it is told, on the grid', async () => {
    const sinceMs = hour(100) - 1;
    const {candles} = await open(await startBinance(), {sinceMs, untilMs: hour(1300) + 1});
    expect(await candlesOf(candles)).toEqual(truth(100, 1301));
    expect([candles.startMs, candles.stopMs].every((timeMs) => isOnGrid(timeMs, HOUR))).toBe(true);
  });

  it('asks for nothing where nothing can have closed', async () => {
    const {candles, exchange} = await open(await startBinance(), {sinceMs: NOW_MS});
    expect(await candlesOf(candles)).toEqual([]);
    expect(exchange.count(KLINES)).toBe(0);
  });

  it.each([-40, -1, 1, 40])('takes the clock of the exchange, where ours is %i hours off', async (skew) => {
    const exchange = await startBinance();
    exchange.nowMs = hour(2000 + skew) + 1;
    const {candles} = await open(exchange, {sinceMs: hour(1900)});
    expect((await candlesOf(candles)).at(-1)!.openTimeMs).toBe(hour(2000 + skew - 1));
  });

  it('leaves out what has closed since it was opened', async () => {
    const {candles, exchange} = await open(await startBinance(), {sinceMs: hour(2990)});
    exchange.nowMs += 5 * HOUR.ms;
    expect(await candlesOf(candles)).toEqual(truth(2990, 3000));
  });

  it('crosses a hole that is longer than a page, where the answers are windows of time', async () => {
    const exchange = await startBinance();
    const holes = [{fromMs: hour(10), toMs: hour(2900)}];
    const windows = new BinanceVenue({'BTC/USDT': new MarketHistory({listedMs: LISTED_MS, holes})});
    const windowed = await TestExchange.start(
      {
        answer(request, nowMs) {
          const startMs = Number(request.query.get('startTime'));
          if (startMs > 0) request.query.set('endTime', String(startMs + 999 * HOUR.ms));
          return windows.answer(request, nowMs);
        },
      },
      exchange.nowMs,
    );
    const {candles} = await open(windowed);
    const pages = await pagesOf(candles);
    expect(pages.map((page) => page.candles.length)).toEqual([10, 0, 0, 100]);
    expect(pages.at(-1)!.doneMs).toBe(candles.stopMs);
  });

  it('puts shuffled rows in order, and takes rows that stand there twice once', async () => {
    const {candles, exchange} = await open(await startBinance());
    exchange.fail(KLINES, {kind: 'rewrite', change: (rows) => (rows as unknown[]).toReversed()});
    exchange.fail(KLINES, {
      kind: 'rewrite',
      change: (rows) => (rows as unknown[]).flatMap((row) => [row, row]),
    });
    expect(await candlesOf(candles)).toEqual(truth(0, 3000));
  });

  it.each(['cut', 'truncated'] as const)('asks again for a page that was %s', async (kind) => {
    const {candles, exchange, waits} = await open(await startBinance());
    exchange.fail(KLINES, {kind}, {skip: 1});
    expect(await candlesOf(candles)).toEqual(truth(0, 3000));
    expect(waits).toEqual([500]);
  });

  const garbage: [name: string, change: (rows: unknown) => unknown, message: RegExp][] = [
    ['a price of 0', withCell(3, 4, '0'), /candle 4 of 1000: close was "0", want a finite price above 0/],
    ['a negative price', withCell(3, 1, '-1'), /candle 4 of 1000: open was "-1"/],
    ['a missing price', withCell(3, 4, null), /candle 4 of 1000: the row was \[1704078000000,.*null/],
    ['a high below the low', withCell(3, 2, '1'), /candle 4 of 1000: high was "1"/],
    ['a missing time', withCell(3, 0, null), /the row was/],
    ['a time off the grid', withCell(3, 0, LISTED_MS + 3 * HOUR.ms + 1000), /is not on the 1h grid/],
    ['a time in microseconds', withCell(3, 0, LISTED_MS * 1000), /timestamp was "1704067200000000"/],
    ['a time far ahead', withCell(3, 0, LISTED_MS * 2), /lies in the future/],
    [
      'two rows of a time that disagree',
      (rows) => [...(rows as unknown[]), ...(withCell(0, 5, '1')([(rows as unknown[])[0]]) as unknown[])],
      /2024-01-01T00:00:00.000Z stands there twice, volume "[\d.]+" and "1"/,
    ],
    ['an object', () => ({}), /answered "\{\}", which is no whole JSON/],
    ['rows of text', () => ['a', 'b'], /the row was \[null/],
    ['rows of nothing', () => [null, null], /EXCHANGE_ANSWER_INVALID|candle 1/],
  ];
  it.each(garbage)('refuses %s, rather than taking it for a candle or a hole', async (_, change, message) => {
    const {candles, exchange} = await open(await startBinance());
    exchange.fail(KLINES, {kind: 'rewrite', change}, {times: 3});
    const error = await rejected(candlesOf(candles));
    expect(error).toMatchObject({code: 'EXCHANGE_ANSWER_INVALID', exitCode: 5});
    expect(error.message).toMatch(message);
    expect(exchange.count(KLINES)).toBe(3);
  });

  it.each([HTML, '', 'null', '"ok"'])('refuses the body %j', async (body) => {
    const {candles, exchange} = await open(await startBinance());
    exchange.fail(KLINES, {kind: 'answer', status: 200, body}, {times: 3});
    expect(await rejected(candlesOf(candles))).toMatchObject({code: 'EXCHANGE_ANSWER_INVALID'});
  });

  it('does not mind what the open candle holds', async () => {
    const {candles, exchange} = await open(await startBinance(), {sinceMs: hour(2998)});
    exchange.fail(KLINES, {kind: 'rewrite', change: withCell(2, 4, null)});
    expect(await candlesOf(candles)).toEqual(truth(2998, 3000));
  });

  it('goes on behind an error of the exchange from the page that failed', async () => {
    const {candles, exchange} = await open(await startBinance());
    exchange.fail(KLINES, {kind: 'answer', status: 502, body: HTML}, {skip: 1, times: 20});
    const seen: Candle[] = [];
    const consume = async (): Promise<void> => {
      for await (const page of candles.pages()) seen.push(...page.candles);
    };
    expect(await rejected(consume())).toMatchObject({code: 'EXCHANGE_FAILED', outcome: 'unknown'});
    expect(seen).toHaveLength(1000);
    expect(exchange.count(KLINES)).toBe(1 + 7);
  });

  it('is no source without a candle', async () => {
    const {candles} = await open(await startBinance(), {sinceMs: NOW_MS});
    const error = await rejected(candles.candles()[Symbol.asyncIterator]().next());
    expect(error).toMatchObject({code: 'CANDLES_EMPTY', exitCode: 3});
    expect(error.message).toBe('binance has no closed 1h candle of BTC/USDT there');
  });

  it('refuses a timeframe, a symbol and an exchange that give none', async () => {
    const exchange = await startBinance();
    const {connection} = await connect(exchange);
    const range = {symbol: 'BTC/USDT', timeframe: {name: '7m', ms: 420_000}, sinceMs: LISTED_MS};
    const timeframe = await rejected(CcxtCandles.open(connection, range));
    expect(timeframe).toMatchObject({code: 'CONFIG_INVALID', exitCode: 2});
    expect(timeframe.message).toMatch(/timeframe was "7m", which binance does not have; it has .*1m, .*1h/);
    const symbol = await rejected(
      CcxtCandles.open(connection, {...range, timeframe: HOUR, symbol: 'DOGE/USDT'}),
    );
    expect(symbol).toMatchObject({code: 'SYMBOL_UNKNOWN'});
    const {connection: without} = await connect(exchange, {provider: 'luno'});
    Object.defineProperty(without, 'hasCandles', {value: false});
    expect(await rejected(CcxtCandles.open(without, range))).toMatchObject({code: 'PROVIDER_UNSUPPORTED'});
  });
});

describe('CcxtCandles of an exchange that looks back only', () => {
  async function startKraken(listedMs: number): Promise<TestExchange> {
    return await TestExchange.start(new KrakenVenue(new MarketHistory({listedMs})), NOW_MS);
  }

  it('says so where its first candle lies far behind what was asked for', async () => {
    const {candles} = await open(await startKraken(LISTED_MS), {provider: 'kraken', symbol: 'BTC/USD'});
    const [page] = await pagesOf(candles);
    expect(page).toMatchObject({looksBackOnly: true, doneMs: hour(3000)});
    expect(page!.candles.map(({openTimeMs}) => openTimeMs)).toEqual(
      Array.from({length: 719}, (_, i) => hour(2281 + i)),
    );
  });

  it('does not say so where the candles reach back far enough, or the market is young', async () => {
    const recent = {provider: 'kraken', symbol: 'BTC/USD', sinceMs: hour(2900)};
    const reached = await pagesOf((await open(await startKraken(LISTED_MS), recent)).candles);
    expect(reached.map(({looksBackOnly, candles}) => [looksBackOnly, candles.length])).toEqual([
      [false, 100],
    ]);
    const young = {provider: 'kraken', symbol: 'BTC/USD'};
    const pages = await pagesOf((await open(await startKraken(hour(2800)), young)).candles);
    expect(pages.map(({looksBackOnly, candles}) => [looksBackOnly, candles.length])).toEqual([[false, 200]]);
  });

  it('is not taken for an exchange whose history begins late', async () => {
    const {candles} = await open(await startBinance(), {sinceMs: hour(-500)});
    expect((await pagesOf(candles)).map(({looksBackOnly}) => looksBackOnly)).toEqual([false, false, false]);
  });
});

/** Rows with one cell of one of them changed. */
function withCell(row: number, column: number, value: unknown): (rows: unknown) => unknown {
  return (rows) =>
    (rows as unknown[][]).map((cells, i) => (i === row ? cells.toSpliced(column, 1, value) : cells));
}
